package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.local.ChildJvm;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.OwnPostgres;
import io.wadi.testing.RandomKills;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the pipeline and of PostgreSQL at random moments while records arrive, some of which violate a constraint.
 * Afterwards each record is one row or one dead letter.
 */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
class TopicToDatabaseCrashIT {
    private static final String TOPIC = "table-kills";
    private static final int PARTITIONS = 3;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final int EVERY_DEAD_LETTER = 50;
    private static final int RECORDS = 600;
    private static final long SEED = Long.getLong("test.seed", 20261122);

    @TempDir
    private Path directory;

    @Test
    void killedAtRandom_eachRecordIsWrittenOnce() throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        TopicProbe.create(TOPIC + ".dead-letters", 1);
        int sent;
        try (OwnPostgres database = OwnPostgres.start()) {
            database.run("CREATE TABLE counted (n int PRIMARY KEY CHECK (n % " + EVERY_DEAD_LETTER
                    + " <> 0), writes int DEFAULT 0)");
            Path configuration = ConnectorRoutes.configure(
                    directory,
                    ConnectorRoutes.route(
                            "topic-to-database",
                            "counted",
                            Map.of("topic", TOPIC, "group", TOPIC, "table", "counted", "batch", "200")));
            RandomKills moments = new RandomKills("records", () -> GroupProbe.committedRecords(TOPIC), RECORDS, SEED);
            RouteProcess wadi = start(configuration, database);
            try (SteadyLoad load = SteadyLoad.start(TOPIC, PARTITIONS, number -> "{\"n\":" + number + "}")) {
                for (int kill = 1; kill <= Rounds.of(1, 60); kill++) {
                    moments.awaitNext(wadi);
                    if (kill % 3 == 0) {
                        database.kill();
                        database.restart();
                    } else {
                        wadi.kill();
                        wadi = start(configuration, database);
                    }
                }
                load.stop();
                sent = load.sent();
                await("all, seed " + SEED).atMost(LONG).until(() -> GroupProbe.committedRecords(TOPIC) >= load.sent());
            } finally {
                wadi.close();
            }
            assertEachOnce(database, sent);
        }
    }

    private static void assertEachOnce(OwnPostgres database, int sent) {
        List<String> rows = database.query("SELECT n FROM counted ORDER BY n");
        Set<String> deadLetters = new HashSet<>();
        TopicProbe.awaitReadable(TOPIC + ".dead-letters");
        KafkaProbe.forEach(TOPIC + ".dead-letters", deadLetter -> {
            assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                    .contains("violates check constraint");
            assertThat(deadLetters.add(new String(deadLetter.value(), java.nio.charset.StandardCharsets.UTF_8)))
                    .as("a dead letter twice, seed %d", SEED)
                    .isTrue();
        });
        Set<String> expectedDeadLetters = new HashSet<>();
        int next = 0;
        for (int number = 0; number < sent; number++) {
            if (number % EVERY_DEAD_LETTER == 0) {
                expectedDeadLetters.add("{\"n\":" + number + "}");
            } else {
                assertThat(rows.get(next)).as("seed %d", SEED).isEqualTo(Integer.toString(number));
                next++;
            }
        }
        assertThat(rows).hasSize(next);
        assertThat(deadLetters).isEqualTo(expectedDeadLetters);
    }

    private static RouteProcess start(Path configuration, OwnPostgres database) throws IOException {
        return RouteProcess.startConfigured(
                configuration,
                line -> {},
                List.of(
                        "-Dwadi.database.url=" + database.url(),
                        "-Dwadi.database.user=" + database.user(),
                        "-Dwadi.dead-letters.topic=" + TOPIC + ".dead-letters"));
    }
}
