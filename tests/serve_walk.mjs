// One walk through the page in Debian's chromium, told on standard output as JSON; see test_serve_browser.py.
//   node serve_walk.mjs ADDRESS CHROMIUM
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.cwd()}/`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [address, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const told = [];

for (const [locale, colorScheme, question, javaScriptEnabled] of [
  ['en', 'light', 'Who designed the tower of the lighthouse?', true],
  ['en', 'dark', 'Who designed the tower of the lighthouse?', false],
  ['ar', 'dark', 'من صمم برج المنارة؟', true],
  ['ar', 'light', 'من صمم برج المنارة؟', false],
]) {
  const context = await browser.newContext({
    locale, colorScheme, javaScriptEnabled, viewport: { width: 320, height: 640 },
  });
  const page = await context.newPage();
  const walk = { locale, javaScriptEnabled, errors: [], violations: [], wide: [], loads: 0 };
  page.on('console', (message) => { if (message.type() === 'error') walk.errors.push(message.text()); });
  page.on('pageerror', (error) => walk.errors.push(String(error)));
  page.on('load', () => { walk.loads += 1; });
  // Without scripts a page cannot be looked into.
  const look = async (name) => {
    if (!javaScriptEnabled) return;
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    walk.violations.push(...violations.map((one) => `${name}: ${one.id}: ${one.nodes[0].html}`));
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) walk.wide.push(name);
  };

  await page.goto(address);
  await look('before a question');
  walk.direction = await page.locator('html').getAttribute('dir');
  await page.keyboard.type(question);
  await page.keyboard.press('Enter');
  await page.waitForURL(/[?&]q=/);
  const mark = page.locator('blockquote mark').first();
  await mark.waitFor();
  await look('answer');
  walk.loadsToAnswer = walk.loads;
  walk.shared = page.url();
  walk.mark = await mark.textContent();
  walk.quote = await page.locator('blockquote').first().textContent();
  walk.state = await page.locator('[role=status]').textContent();
  walk.heading = await page.locator('h1').textContent();

  await page.locator('figcaption a').first().click();
  await page.waitForURL(/article\//);
  await look('article');
  walk.target = await page.locator(':target').textContent();
  await page.locator('.back a').click();
  await page.waitForURL(/[?&]q=/);
  walk.back = await page.locator('blockquote mark').first().textContent();

  await page.locator('footer a').first().click();
  await page.waitForURL(/articles/);
  await look('list');
  const first = await page.locator('ol.plain a').first().textContent();
  await page.locator('a[rel=next]').click();
  await page.waitForURL(/offset=/);
  walk.turned = first !== await page.locator('ol.plain a').first().textContent();
  await page.goBack();
  walk.returned = first === await page.locator('ol.plain a').first().textContent();

  // Whoever gets the address sees the same.
  const other = await context.newPage();
  await other.goto(walk.shared);
  walk.same = await other.locator('blockquote mark').first().textContent();
  await other.locator('#q').fill('Which dinosaurs played chess?');
  await other.locator('#q').press('Enter');
  await other.locator('.state.nothing').waitFor();
  walk.missing = await other.locator('.missing li').allTextContents();
  await other.goBack();
  await other.locator('blockquote mark').first().waitFor();
  walk.again = await other.locator('blockquote mark').first().textContent();
  await context.close();
  told.push(walk);
}
await browser.close();
console.log(JSON.stringify(told));
