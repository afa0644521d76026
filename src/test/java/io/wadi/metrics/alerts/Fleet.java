package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A reproducible stream of the documents of many hosts for 30 minutes: every 10 seconds, one on cpu and one on memory
 * for each host, some of them repeated or late. The expected alerts of the shipped rules are known.
 */
public final class Fleet {
    /** The duration of the stream. */
    public static final int SECONDS = 1800;
    /** The interval between the documents of a host. */
    public static final int PERIOD = 10;

    private static final int BEGINS = 40;
    /** The number of hosts with which each incident begins once at each time; the two numbers have no common factor. */
    public static final int COMBINATIONS = Story.values().length * BEGINS;

    private static final List<String> FIXTURES = Documents.fixtures();

    private final int hosts;
    private final long start;
    private final BiConsumer<String, byte[]> out;
    private final Random random = new Random(6);
    private final List<Runnable> delayed = new ArrayList<>();

    /** The incident of a host, selected by the host's number, as is the second in which it begins. */
    private enum Story {
        /** Constant value of 30 %. */
        QUIET,
        /** Over the threshold for 50 s, four times: never as long as `for`. */
        SPIKES,
        /** Over the threshold for five minutes. */
        LONG,
        /** As LONG, with a dip below resolve-at for 40 s, which is shorter than keep-firing-for. */
        DIP,
        /**
         * Over the threshold for 80 s, then alternating between below it (over resolve-at) and over it for six minutes.
         */
        FLAPPING,
        /** No documents for five minutes. */
        NO_DATA_BIT,
        /** Over the threshold before, during and after five minutes without documents. */
        SILENT_WHILE_HIGH;

        boolean isNoData(int s) {
            return (this == NO_DATA_BIT && s >= 0 && s < 300) || (this == SILENT_WHILE_HIGH && s >= 150 && s < 450);
        }

        double cpu(int s) {
            boolean high =
                    switch (this) {
                        case QUIET, NO_DATA_BIT -> false;
                        case SPIKES -> s >= 0 && s < 800 && s % 200 < 50;
                        case LONG -> s >= 0 && s < 300;
                        case DIP -> s >= 0 && s < 300 && (s < 150 || s >= 190);
                        case FLAPPING -> s >= 0 && s < 440 && (s < 80 || s % 20 < 10);
                        case SILENT_WHILE_HIGH -> s >= 0 && s < 600;
                    };
            return high ? 0.7 : this == FLAPPING && s >= 80 && s < 440 ? 0.47 : 0.3;
        }
    }

    /**
     * Creates a fleet.
     *
     * @param hosts the number of hosts
     * @param start the time of the first documents, in milliseconds since the epoch
     * @param out receives each document with its host's name
     */
    public Fleet(int hosts, long start, BiConsumer<String, byte[]> out) throws IOException {
        this.hosts = hosts;
        this.start = start;
        this.out = out;
    }

    /** Sends the documents of one second, a multiple of {@link #PERIOD}, and the late ones of the previous period. */
    public void send(int second) {
        for (int host = 0; host < hosts; host++) {
            send(host, second);
        }
        delayed.forEach(Runnable::run);
        delayed.clear();
    }

    private void send(int host, int second) {
        int within = second - begin(host);
        if (story(host).isNoData(within)) {
            return;
        }
        List<byte[]> documents = List.of(cpu(host, second, story(host).cpu(within)), memory(host, second, within));
        for (byte[] document : documents) {
            out.accept(name(host), document);
            if (random.nextInt(50) == 0) {
                out.accept(name(host), document);
            }
        }
        if (second > 0 && random.nextInt(20) == 0 && !story(host).isNoData(within - PERIOD)) {
            byte[] late = cpu(host, second - PERIOD, story(host).cpu(within - PERIOD));
            delayed.add(() -> out.accept(name(host), late));
        }
    }

    private static Story story(int host) {
        return Story.values()[host % Story.values().length];
    }

    /**
     * Returns the second in which a host's incident begins; they vary so that restarts are before, within and after.
     */
    private static int begin(int host) {
        return 100 + host % BEGINS * PERIOD;
    }

    /** Returns the expected number of reports by {@link #key}; keys that are absent must not be reported. */
    public Map<String, Integer> expected() {
        Map<String, Integer> expected = new TreeMap<>();
        for (int host = 0; host < hosts; host++) {
            boolean noData = story(host) == Story.NO_DATA_BIT || story(host) == Story.SILENT_WHILE_HIGH;
            for (State state : List.of(State.FIRING, State.RESOLVED)) {
                if (story(host) != Story.QUIET && story(host) != Story.SPIKES && story(host) != Story.NO_DATA_BIT) {
                    expected.put(key(name(host), "HostCpuHigh", state), 1);
                }
                if (noData) {
                    expected.put(key(name(host), "HostSilent", state), 1);
                }
                if (host % 10 == 0) {
                    expected.put(key(name(host), "HostMemoryHigh", state), 1);
                }
            }
        }
        return expected;
    }

    /** Returns the key of an alert's state in {@link #expected}. */
    public static String key(String host, String rule, State state) {
        return "%s %s %s".formatted(host, rule, state);
    }

    /** Returns the name of a host. */
    public static String name(int host) {
        return "host-%04d".formatted(host);
    }

    private byte[] cpu(int host, int second, double value) {
        return document(FIXTURES.get(0), host, second, "\"norm\":{\"pct\":0.1889}", "\"norm\":{\"pct\":" + value + "}");
    }

    /** Returns a document on memory; every tenth host has high usage for eight minutes. */
    private byte[] memory(int host, int second, int within) {
        double value = host % 10 == 0 && within >= 0 && within < 480 ? 0.95 : 0.7;
        return document(FIXTURES.get(1), host, second, "\"pct\":0.7125", "\"pct\":" + value);
    }

    private byte[] document(String fixture, int host, int second, String before, String after) {
        String time = Instant.ofEpochMilli(start + second * 1000L).toString();
        assertThat(fixture).contains(before);
        return fixture.replaceFirst("\"@timestamp\":\"[^\"]*\"", "\"@timestamp\":\"" + time + "\"")
                .replace("\"web-01\"", "\"" + name(host) + "\"")
                .replace(before, after)
                .getBytes(StandardCharsets.UTF_8);
    }
}
