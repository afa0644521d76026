package io.wadi.local;

import io.wadi.runtime.config.NearestName;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.utils.Utils;

/**
 * {@code ./wadi kafka TOOL}: runs a Kafka command-line tool in this JVM, by the name of its script without
 * {@code kafka-} and {@code .sh}. Tools that connect to brokers use {@value #BROKERS} unless their options specify
 * others.
 *
 * <p>Exits with the tool's own code, or with 2 if there is no such tool.
 */
public final class KafkaTool {
    static final String BROKERS = "localhost:9092";

    private static final String PACKAGE = "org.apache.kafka.tools.";
    private static final String SERVERS = "--bootstrap-server";
    private static final String PROPERTY = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;
    /** Options with a file of client properties, such as {@code --command-config}. */
    private static final String CONFIG_FILE = "--(command-|producer[.-]|consumer[.-])config";

    /** Options with which a tool does not connect to brokers, or that specify its servers in another way. */
    private static final List<String> WITHOUT_DEFAULT = List.of("--bootstrap-controller", "--help", "-h", "--version");

    private static final Map<String, Tool> TOOLS = new TreeMap<>(Map.ofEntries(
            tool("acls", "AclCommand"),
            tool("broker-api-versions", "BrokerApiVersionsCommand"),
            tool("client-metrics", "ClientMetricsCommand"),
            tool("configs", "kafka.admin.ConfigCommand"),
            tool("console-consumer", "consumer.ConsoleConsumer"),
            tool("console-producer", "ConsoleProducer"),
            tool("console-share-consumer", "consumer.ConsoleShareConsumer"),
            tool("consumer-groups", "consumer.group.ConsumerGroupCommand"),
            tool("consumer-perf-test", "ConsumerPerformance"),
            tool("delegation-tokens", "DelegationTokenCommand"),
            tool("delete-records", "DeleteRecordsCommand"),
            tool("e2e-latency", "EndToEndLatency"),
            tool("features", "FeatureCommand"),
            tool("get-offsets", "GetOffsetShell"),
            tool("groups", "GroupsCommand"),
            tool("leader-election", "LeaderElectionCommand"),
            tool("log-dirs", "LogDirsCommand"),
            tool("metadata-quorum", "MetadataQuorumCommand"),
            tool("producer-perf-test", "ProducerPerformance"),
            tool("reassign-partitions", "reassign.ReassignPartitionsCommand"),
            tool("share-consumer-perf-test", "ShareConsumerPerformance"),
            tool("share-groups", "consumer.group.ShareGroupCommand"),
            tool("streams-application-reset", "StreamsResetter"),
            tool("streams-groups", "streams.StreamsGroupCommand"),
            tool("topics", "TopicCommand"),
            tool("transactions", "TransactionsCommand"),
            tool("verifiable-consumer", "VerifiableConsumer"),
            tool("verifiable-producer", "VerifiableProducer"),
            Map.entry("cluster", new Tool(PACKAGE + "ClusterTool", SERVERS, true)),
            Map.entry("replica-verification", new Tool(PACKAGE + "ReplicaVerificationTool", "--broker-list", false)),
            Map.entry("dump-log", new Tool(PACKAGE + "DumpLogSegments", null, false)),
            Map.entry("storage", new Tool("kafka.tools.StorageTool", null, false))));

    /**
     * A tool.
     *
     * @param servers the option for its brokers; null if it does not connect
     * @param isLast whether that option belongs to a subcommand, which precedes it
     */
    private record Tool(String mainClass, String servers, boolean isLast) {}

    private KafkaTool() {}

    private static Map.Entry<String, Tool> tool(String name, String mainClass) {
        return Map.entry(
                name, new Tool(mainClass.startsWith("kafka.") ? mainClass : PACKAGE + mainClass, SERVERS, false));
    }

    /** Runs the tool that the first argument names, with the other arguments. */
    public static void main(String[] args) throws Exception {
        String name = args.length == 0 ? "" : args[0];
        Tool tool = TOOLS.get(name);
        if (tool == null) {
            System.err.println(
                    name.isEmpty()
                            ? "Usage: ./wadi kafka TOOL, with the tool's options. Tools: " + String.join(", ", names())
                            : "There is no Kafka tool \"%s\"%s Tools: %s"
                                    .formatted(
                                            name,
                                            NearestName.to(name, TOOLS.keySet())
                                                    .map(near -> "; did you mean " + near + "?")
                                                    .orElse("."),
                                            String.join(", ", names())));
            System.exit(2);
        }
        List<String> options = Arrays.asList(args).subList(1, args.length);
        run(Class.forName(tool.mainClass()), withServers(tool, options));
    }

    /** Returns the names of all tools, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(TOOLS.keySet());
    }

    /** Returns the class of a tool. */
    static String mainClass(String name) {
        return TOOLS.get(name).mainClass();
    }

    /** Returns a tool's options, with {@value #BROKERS} if they do not specify brokers. */
    static List<String> withServers(String name, List<String> options) {
        return withServers(TOOLS.get(name), options);
    }

    private static List<String> withServers(Tool tool, List<String> options) {
        if (tool.servers() == null
                || options.stream()
                        .map(option -> option.replaceFirst("=.*", ""))
                        .anyMatch(option -> option.equals(tool.servers()) || WITHOUT_DEFAULT.contains(option))
                || hasServersAsProperty(options)) {
            return options;
        }
        List<String> all = new ArrayList<>(options);
        all.addAll(tool.isLast() ? all.size() : 0, List.of(tool.servers(), BROKERS));
        return all;
    }

    /**
     * Returns whether a property of the client, or its file of properties, specifies brokers: the option would take
     * precedence, and the tool would connect to others.
     */
    private static boolean hasServersAsProperty(List<String> options) {
        for (int i = 0; i < options.size(); i++) {
            String[] option = options.get(i).split("=", 2);
            String value = option.length == 2 ? option[1] : i + 1 < options.size() ? options.get(i + 1) : "";
            if (options.get(i).contains(PROPERTY + "=") || (option[0].matches(CONFIG_FILE) && hasServers(value))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasServers(String file) {
        try {
            return Utils.loadProps(file).containsKey(PROPERTY);
        } catch (IOException | IllegalArgumentException e) {
            return false; // The tool reports it.
        }
    }

    private static void run(Class<?> tool, List<String> options) throws Exception {
        try {
            tool.getMethod("main", String[].class).invoke(null, (Object) options.toArray(String[]::new));
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
