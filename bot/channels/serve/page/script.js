(() => {
  'use strict';
  const form = document.querySelector('form.ask');
  const box = form.elements.q;
  let latest = 0;
  // Asks without leaving the page: the answer takes the place of the one before, and its state is read out.
  const show = async (address, isNew) => {
    const number = ++latest;
    const main = document.querySelector('main');
    const state = document.querySelector('[role=status]');
    main.setAttribute('aria-busy', 'true');
    if (state) state.textContent = form.dataset.searching;
    try {
      const got = await fetch(address, {headers: {Accept: 'text/html'}, credentials: 'same-origin'});
      const page = new DOMParser().parseFromString(await got.text(), 'text/html');
      const fresh = page.querySelector('main');
      if (number !== latest) return;
      if (!fresh) throw new Error('no page');
      if (isNew) history.pushState(null, '', address);
      const said = fresh.querySelector('[role=status]');
      main.replaceChildren(...fresh.childNodes);
      document.title = page.title;
      // Links to the same answer in other languages.
      document.querySelector('.languages').replaceWith(page.querySelector('.languages'));
      box.value = page.querySelector('form.ask').elements.q.value;
      main.removeAttribute('aria-busy');
      if (said) {
        const words = said.textContent;
        said.textContent = '';
        requestAnimationFrame(() => { said.textContent = words; });
      }
      if (isNew) main.querySelector('h1').focus({preventScroll: true});
    } catch {
      if (number === latest) location.assign(address);
    }
  };
  if (!form.dataset.here) return;
  form.addEventListener('submit', (event) => {
    if (!box.value.trim()) return;
    event.preventDefault();
    show(`${location.pathname}?${new URLSearchParams(new FormData(form))}`, true);
  });
  addEventListener('popstate', () => { show(location.href, false); });
})();
