package io.wadi.local;

import io.wadi.runtime.config.NearestName;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The options of {@code ./wadi up}.
 *
 * @param data the data directory, kept across restarts
 * @param servers the ports of Kafka, HDFS and Elasticsearch
 * @param httpPort the event port
 * @param managementPort the management port, for page, health and metrics
 * @param examples whether the examples in {@code examples/} run too
 */
record UpOptions(Path data, ServerPorts servers, int httpPort, int managementPort, boolean examples) {
    private static final String DATA = "--data";
    private static final String WITH = "--with";
    private static final String EXAMPLES = "examples";

    /** The port options with the names of their servers, in the order of the record's fields. */
    private static final Map<String, String> PORTS = new LinkedHashMap<>();

    static {
        PORTS.put("--kafka-port", "Kafka");
        PORTS.put("--hdfs-port", "HDFS");
        PORTS.put("--hdfs-web-port", "HDFS's web page");
        PORTS.put("--elasticsearch-port", "Elasticsearch");
        PORTS.put("--http-port", "events over HTTP");
        PORTS.put("--management-port", "the management page");
    }

    /** A port with its option and the name of its server. */
    record Port(String option, String what, int number) {}

    /**
     * Reads the command line.
     *
     * @param dataDefault the default data directory
     * @throws IllegalArgumentException if an option is invalid; the message is one line
     */
    static UpOptions parse(List<String> arguments, Path dataDefault) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String[] option = arguments.get(i).split("=", 2);
            requireKnown(option[0]);
            if (option.length == 2) {
                given.put(option[0], option[1]);
            } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
                given.put(option[0], arguments.get(++i));
            } else {
                throw new IllegalArgumentException("A value is missing after " + option[0] + ".");
            }
        }
        UpOptions options = of(given, dataDefault);
        options.requireDistinctPorts();
        return options;
    }

    private static UpOptions of(Map<String, String> given, Path dataDefault) {
        if (given.getOrDefault(DATA, DATA).isEmpty()) {
            throw new IllegalArgumentException(DATA + " is \"\", expected a directory.");
        }
        ServerPorts standard = ServerPorts.standard();
        return new UpOptions(
                given.containsKey(DATA)
                        ? Path.of(given.get(DATA)).toAbsolutePath().normalize()
                        : dataDefault,
                new ServerPorts(
                        port(given, "--kafka-port", standard.kafka()),
                        port(given, "--hdfs-port", standard.hdfs()),
                        port(given, "--hdfs-web-port", standard.hdfsWeb()),
                        port(given, "--elasticsearch-port", standard.elasticsearch())),
                port(given, "--http-port", 8080),
                port(given, "--management-port", 9876),
                examples(given.get(WITH)));
    }

    /** Returns all six ports. */
    List<Port> ports() {
        List<Integer> numbers = List.of(
                servers.kafka(), servers.hdfs(), servers.hdfsWeb(), servers.elasticsearch(), httpPort, managementPort);
        List<String> options = List.copyOf(PORTS.keySet());
        return Stream.iterate(0, i -> i < numbers.size(), i -> i + 1)
                .map(i -> new Port(options.get(i), PORTS.get(options.get(i)), numbers.get(i)))
                .toList();
    }

    private void requireDistinctPorts() {
        Map<Integer, Port> seen = new HashMap<>();
        for (Port port : ports()) {
            Port other = seen.put(port.number(), port);
            if (other != null) {
                throw new IllegalArgumentException("Port " + port.number() + " is used twice, by " + other.option()
                        + " and " + port.option() + ".");
            }
        }
    }

    private static int port(Map<String, String> given, String option, int standard) {
        String value = given.get(option);
        if (value == null) {
            return standard;
        }
        if (!value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException(option + " is \"" + value + "\", expected a port from 1 to 65535.");
        }
        return Integer.parseInt(value);
    }

    private static boolean examples(String with) {
        if (with != null && !with.equals(EXAMPLES)) {
            throw new IllegalArgumentException("%s is \"%s\", expected %s.".formatted(WITH, with, EXAMPLES));
        }
        return with != null;
    }

    private static void requireKnown(String option) {
        if (option.equals(DATA) || option.equals(WITH) || PORTS.containsKey(option)) {
            return;
        }
        String nearest = Stream.concat(Stream.of(DATA, WITH), PORTS.keySet().stream())
                .min(Comparator.comparingInt(known -> NearestName.distance(option, known)))
                .orElseThrow();
        throw new IllegalArgumentException(
                "Unknown option \"" + option + "\": did you mean " + nearest + "? See ./wadi up --help.");
    }
}
