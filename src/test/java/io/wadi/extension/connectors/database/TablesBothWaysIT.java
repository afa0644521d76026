package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.local.ChildJvm;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnPostgres;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of {@code examples/tables}: one route reads a table into a topic, another writes the topic to a second
 * table, while rows are inserted and changed and the pipeline is killed with kill -9 at random moments. Afterwards both
 * tables are equal, and {@code read_committed} consumers see no record twice.
 */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
@Nightly(perChange = {"DatabaseToTopicRouteIT", "TopicToDatabaseRouteIT", "TableSinkIT"})
class TablesBothWaysIT {
    private static final Path EXAMPLE = Path.of("examples", "tables");
    private static final String TOPIC = "tables-both-ways";
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final long SEED = Long.getLong("test.seed", 20261122);

    @TempDir
    private Path directory;

    @Test
    void killedExample_copiesEachRow() throws Exception {
        TopicProbe.create(TOPIC, 3);
        Path configuration = ConnectorRoutes.configure(
                directory,
                Files.readString(EXAMPLE.resolve("shop.camel.yaml"))
                        .replace("topic, value: shop.orders", "topic, value: " + TOPIC)
                        .replace("group, value: orders-to-reports", "group, value: " + TOPIC));
        ScheduledExecutorService shop = Executors.newSingleThreadScheduledExecutor();
        try (OwnPostgres database = OwnPostgres.start()) {
            database.run(Files.readString(EXAMPLE.resolve("shop.sql")));
            shop.scheduleWithFixedDelay(() -> sell(database), 0, 20, TimeUnit.MILLISECONDS);
            new RandomKills("rows", () -> number(database, "SELECT count(*) FROM reports.orders"), 1_000, SEED)
                    .kill(20, () -> start(configuration, database));
            shop.shutdown();
            assertThat(shop.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
            try (RouteProcess last = start(configuration, database)) {
                await("all rows, seed %d, see %s".formatted(SEED, last.log()))
                        .atMost(LONG)
                        .until(() -> differences(database) == 0);
                assertThat(last.stop()).isZero();
            }
            check(database);
        } finally {
            shop.shutdownNow();
        }
    }

    /** Inserts ten orders and changes one order. */
    private static void sell(OwnPostgres database) {
        database.run("INSERT INTO shop.orders (customer, amount) SELECT 'c' || n, n FROM generate_series(1, 10) n");
        database.run("UPDATE shop.orders SET amount = amount + 1, updated_at = now()"
                + " WHERE id = (SELECT (random() * max(id))::bigint FROM shop.orders)");
    }

    private static RouteProcess start(Path configuration, OwnPostgres database) throws IOException {
        return RouteProcess.startConfigured(
                configuration,
                line -> {},
                List.of("-Dwadi.database.url=" + database.url(), "-Dwadi.database.user=" + database.user()));
    }

    private static long number(OwnPostgres database, String query) {
        return Long.parseLong(database.query(query).get(0));
    }

    /** Returns the number of rows that only one of the tables contains. */
    private static long differences(OwnPostgres database) {
        return number(database, """
                SELECT count(*) FROM ((TABLE shop.orders EXCEPT TABLE reports.orders)
                    UNION ALL (TABLE reports.orders EXCEPT TABLE shop.orders)) different""");
    }

    private static void check(OwnPostgres database) {
        long rows = number(database, "SELECT count(*) FROM shop.orders");
        Set<String> states = new HashSet<>();
        Set<String> keys = new HashSet<>();
        KafkaProbe.forEach(TOPIC, record -> {
            keys.add(new String(record.key(), UTF_8));
            assertThat(states.add(new String(record.value(), UTF_8)))
                    .as("a row in the same state twice, seed %d", SEED)
                    .isTrue();
        });
        System.out.printf("%s: %d rows, %d records%n", TOPIC, rows, states.size());
        assertThat(number(database, "SELECT count(*) FROM reports.orders")).isEqualTo(rows);
        assertThat(keys).hasSize((int) rows);
        assertThat(states).as("rows that changed came again").hasSizeGreaterThan((int) rows);
    }
}
