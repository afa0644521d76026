package io.wadi.local;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code ./wadi up} was asked for.
 *
 * @param data the directory that keeps everything between two starts
 * @param servers the ports of Kafka, HDFS and Elasticsearch
 * @param httpPort takes events
 * @param managementPort page, health and metrics
 * @param examples whether the examples in {@code examples/} run, too
 */
record UpOptions(Path data, ServerPorts servers, int httpPort, int managementPort, boolean examples) {
    private static final String DATA = "--data";
    private static final String WITH = "--with";
    private static final String EXAMPLES = "examples";

    /** The options for ports, in the order of the record's fields, with what listens there. */
    private static final Map<String, String> PORTS = new LinkedHashMap<>();

    static {
        PORTS.put("--kafka-port", "Kafka");
        PORTS.put("--hdfs-port", "HDFS");
        PORTS.put("--hdfs-web-port", "HDFS's web page");
        PORTS.put("--elasticsearch-port", "Elasticsearch");
        PORTS.put("--http-port", "events over HTTP");
        PORTS.put("--management-port", "the management page");
    }

    /** A port that something of ours is going to listen on: how to choose it, and for what it is. */
    record Port(String option, String what, int number) {}

    /**
     * Reads the command line.
     *
     * @param dataDefault the data directory where none is given
     * @throws IllegalArgumentException something is wrong with it; the message is one line and says what
     */
    static UpOptions parse(List<String> arguments, Path dataDefault) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String[] option = arguments.get(i).split("=", 2);
            requireKnown(option[0]);
            if (option.length == 2) {
                given.put(option[0], option[1]);
            } else if (i + 1 < arguments.size()) {
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

    /** All six ports. */
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
                throw new IllegalArgumentException("Port " + port.number() + " is asked for twice, by " + other.option()
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
            throw new IllegalArgumentException(option + " is \"" + value + "\", not a port from 1 to 65535.");
        }
        return Integer.parseInt(value);
    }

    private static boolean examples(String with) {
        if (with != null && !with.equals(EXAMPLES)) {
            throw new IllegalArgumentException(
                    "%s is \"%s\"; there is nothing but %s to run besides.".formatted(WITH, with, EXAMPLES));
        }
        return with != null;
    }

    private static void requireKnown(String option) {
        if (option.equals(DATA) || option.equals(WITH) || PORTS.containsKey(option)) {
            return;
        }
        String nearest = Stream.concat(Stream.of(DATA, WITH), PORTS.keySet().stream())
                .min(Comparator.comparingInt(known -> distance(option, known)))
                .orElseThrow();
        throw new IllegalArgumentException(
                "There is no option \"" + option + "\": did you mean " + nearest + "? See ./wadi up --help.");
    }

    /** How many characters must be inserted, dropped or replaced to get from one to the other. */
    private static int distance(String one, String other) {
        int[] previous = Stream.iterate(0, i -> i <= other.length(), i -> i + 1)
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 1; i <= one.length(); i++) {
            int[] current = new int[other.length() + 1];
            current[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
