import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.PluginInfo;

/** One node in this process: NAME HOME HTTP_PORT TRANSPORT_PORT ALL_TRANSPORTS ALL_NAMES, the lists with commas. It ends with its standard input. */
public class Node {
    /** Plug-ins come from the class path, which the public constructor does not allow. */
    static final class FromClassPath extends org.opensearch.node.Node {
        FromClassPath(Settings settings, Path home, List<PluginInfo> plugins) {
            super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "n"), plugins, true);
        }
    }

    static PluginInfo plugin(String name, String type) {
        return new PluginInfo(name, name, "NA", Version.CURRENT, "21", type, null, new ArrayList<>(), false);
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[1]);
        Files.createDirectories(home.resolve("config"));
        Settings settings = Settings.builder()
            .put("cluster.name", "under-test").put("node.name", args[0]).put("path.home", home.toString())
            .put("network.host", "127.0.0.1").put("http.port", args[2]).put("transport.port", args[3])
            .put("http.type", "netty4").put("transport.type", "netty4")
            // The disk is shared with others, who may fill it.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .putList("discovery.seed_hosts", args[4].split(","))
            .putList("cluster.initial_cluster_manager_nodes", args[5].split(","))
            .build();
        new FromClassPath(settings, home, List.of(
            plugin("netty4", "org.opensearch.transport.Netty4ModulePlugin"),
            plugin("mapper-extras", "org.opensearch.index.mapper.MapperExtrasModulePlugin"))).start();
        // Whoever started this holds the other end, and may be killed.
        while (System.in.read() >= 0) {}
        Runtime.getRuntime().halt(0);
    }
}
