package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.metrics.alerts.Alert.Kind;
import io.wadi.metrics.alerts.Alert.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A fleet of 1,000 hosts for 30 minutes, a cpu and a memory document each every 10 seconds, against the shipped rules:
 * incidents that are known beforehand, some documents twice, some late, a restart every five minutes. Each incident fires once and is resolved once, and there are no others.
 */
class FleetTest {
    private static final int HOSTS = 1000;
    private static final int SECONDS = 1800;
    private static final int PERIOD = 10;
    private static final long START = Instant.parse("2026-11-20T01:00:00Z").toEpochMilli();
    private static final List<String> FIXTURES = Documents.fixtures();

    /** What happens to a host, by its number; incidents begin at a second that depends on the host. */
    private enum Story {
        /** 30 % all the time. */
        QUIET,
        /** Over the threshold for 50 s, four times: never as long as `for`. */
        SPIKES,
        /** Over the threshold for five minutes. */
        LONG,
        /** The same, with a dip under resolve-at of 40 s, less than keep-firing-for. */
        DIP,
        /** Over for a minute and 20 s, then between threshold and resolve-at and over it in turn, for six minutes. */
        FLAPPING,
        /** No documents for five minutes. */
        SILENT,
        /** Over the threshold before, during and after five minutes without documents. */
        SILENT_WHILE_HIGH;

        boolean isSilent(int s) {
            return (this == SILENT && s >= 0 && s < 300) || (this == SILENT_WHILE_HIGH && s >= 150 && s < 450);
        }

        double cpu(int s) {
            boolean high =
                    switch (this) {
                        case QUIET, SILENT -> false;
                        case SPIKES -> s >= 0 && s < 800 && s % 200 < 50;
                        case LONG -> s >= 0 && s < 300;
                        case DIP -> s >= 0 && s < 300 && (s < 150 || s >= 190);
                        case FLAPPING -> s >= 0 && s < 440 && (s < 80 || s % 20 < 10);
                        case SILENT_WHILE_HIGH -> s >= 0 && s < 600;
                    };
            return high ? 0.7 : this == FLAPPING && s >= 80 && s < 440 ? 0.47 : 0.3;
        }
    }

    private final Map<String, Integer> told = new TreeMap<>();
    private final Map<String, Integer> ids = new TreeMap<>();
    private Alerts alerts;
    private int late;

    @Test
    void incidents_fireOnce_resolveOnce_andNoneIsInvented() throws IOException {
        AlertRules rules = AlertRules.parse(Files.readString(Path.of("alerts.yaml")));
        alerts = new Alerts(rules, HOSTS);
        Random random = new Random(6);
        List<byte[]> delayed = new ArrayList<>();
        for (int second = 0; second < SECONDS; second += PERIOD) {
            for (int host = 0; host < HOSTS; host++) {
                step(host, second, random, delayed);
            }
            delayed.forEach(this::accept);
            delayed.clear();
            alerts.advanceTo(START + second * 1000L, this::note);
            if (second % 300 == 200) {
                restart(rules);
            }
        }

        assertThat(told).isEqualTo(expected());
        assertThat(ids.values()).as("each alert was told once").containsOnly(1);
        assertThat(late).isPositive();
    }

    private void step(int host, int second, Random random, List<byte[]> delayed) {
        int within = second - begin(host);
        if (story(host).isSilent(within)) {
            return;
        }
        List<byte[]> documents = List.of(cpu(host, second, story(host).cpu(within)), memory(host, second, within));
        for (byte[] document : documents) {
            accept(document);
            if (random.nextInt(50) == 0) {
                accept(document);
            }
        }
        if (second > 0 && random.nextInt(20) == 0 && !story(host).isSilent(within - PERIOD)) {
            delayed.add(cpu(host, second - PERIOD, story(host).cpu(within - PERIOD)));
        }
    }

    private static Story story(int host) {
        return Story.values()[host % Story.values().length];
    }

    /** The second in which a host's incident begins, so that restarts come before, within and after. */
    private static int begin(int host) {
        return 100 + host % 40 * PERIOD;
    }

    private void accept(byte[] document) {
        Outcome outcome = alerts.accept(document, Long.MAX_VALUE);
        assertThat(outcome.refusals()).isEmpty();
        late += outcome.late();
        outcome.alerts().forEach(this::note);
    }

    private void note(Alert alert) {
        if (alert.state() == State.FIRING || alert.state() == State.RESOLVED) {
            String kind = alert.kind() == Kind.NO_DATA ? "silence" : alert.rule();
            told.merge("%s %s %s".formatted(alert.host(), kind, alert.state()), 1, Integer::sum);
            ids.merge(alert.id() + alert.state(), 1, Integer::sum);
        }
    }

    /** A new owner, from the states as bytes. */
    private void restart(AlertRules rules) {
        Alerts next = new Alerts(rules, HOSTS);
        for (int host = 0; host < HOSTS; host++) {
            next.restore(name(host), alerts.state(name(host)).orElseThrow(), START, this::note);
        }
        alerts = next;
    }

    private static Map<String, Integer> expected() {
        Map<String, Integer> expected = new TreeMap<>();
        for (int host = 0; host < HOSTS; host++) {
            boolean silent = story(host) == Story.SILENT || story(host) == Story.SILENT_WHILE_HIGH;
            for (State state : List.of(State.FIRING, State.RESOLVED)) {
                if (story(host) != Story.QUIET && story(host) != Story.SPIKES && story(host) != Story.SILENT) {
                    expected.put("%s HostCpuHigh %s".formatted(name(host), state), 1);
                }
                if (silent) {
                    expected.put("%s silence %s".formatted(name(host), state), 1);
                }
                if (host % 10 == 0) {
                    expected.put("%s HostMemoryHigh %s".formatted(name(host), state), 1);
                }
            }
        }
        return expected;
    }

    private static String name(int host) {
        return "host-%04d".formatted(host);
    }

    private static byte[] cpu(int host, int second, double value) {
        return document(FIXTURES.get(0), host, second, "\"norm\":{\"pct\":0.1889}", "\"norm\":{\"pct\":" + value + "}");
    }

    /** Every tenth host has little memory left for eight minutes. */
    private static byte[] memory(int host, int second, int within) {
        double value = host % 10 == 0 && within >= 0 && within < 480 ? 0.95 : 0.7;
        return document(FIXTURES.get(1), host, second, "\"pct\":0.7125", "\"pct\":" + value);
    }

    private static byte[] document(String fixture, int host, int second, String before, String after) {
        String time = Instant.ofEpochMilli(START + second * 1000L).toString();
        assertThat(fixture).contains(before);
        return fixture.replaceFirst("\"@timestamp\":\"[^\"]*\"", "\"@timestamp\":\"" + time + "\"")
                .replace("\"web-01\"", "\"" + name(host) + "\"")
                .replace(before, after)
                .getBytes(StandardCharsets.UTF_8);
    }
}
