package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rolling upgrade under load: processes of an older version are stopped one by one and replaced by this version.
 * {@link Drill} has the oracle. {@code -Dtest.old-checkout=DIR} is a checkout of the older version with its jar built.
 */
@Nightly(because = "a jar of an older version")
class RollingUpgradeIT {
    private static final String OLD = System.getProperty("test.old-checkout", "");

    private static final Path NEW = Path.of("");

    @TempDir
    private Path directory;

    @Test
    void rollingUpgradeAndDowngrade_noRecordIsLostOrDuplicated() throws Exception {
        Path old = Path.of(OLD);
        assumeTrue(
                !OLD.isEmpty() && Files.exists(old.resolve("target/wadi.jar")),
                "Skipped: no jar of an older version, see -Dtest.old-checkout");
        try (Drill drill = new Drill("upgrade-drill", directory, Drill.Servers.shared())) {
            drill.startFrom(old);
            List<Drill.Ingest> ingests = new ArrayList<>(List.of(drill.startIngest(), drill.startIngest()));
            List<RouteProcess> landing = new ArrayList<>(List.of(drill.start("landing"), drill.start("landing")));
            List<RouteProcess> indexing = new ArrayList<>(List.of(drill.start("indexing"), drill.start("indexing")));
            for (Drill.Ingest each : ingests) {
                drill.sendTo(each.port());
            }
            drill.recover("all are of the old version", () -> {});

            for (Path next : List.of(NEW, old)) {
                drill.startFrom(next);
                String version = next.equals(NEW) ? "new" : "old";
                for (int i = 0; i < 2; i++) {
                    Drill.Ingest gone = ingests.get(i);
                    drill.recover("an ingest stopped in good order", () -> {
                        assertThat(gone.process().stop()).isZero();
                        drill.end(gone.port());
                    });
                    ingests.set(i, drill.startIngest());
                    drill.sendTo(ingests.get(i).port());
                }
                replace(drill, "landing", landing, version);
                replace(drill, "indexing", indexing, version);
            }
            drill.check();
        }
    }

    private static void replace(Drill drill, String role, List<RouteProcess> processes, String version)
            throws Exception {
        for (int i = 0; i < processes.size(); i++) {
            RouteProcess gone = processes.get(i);
            drill.recover(
                    "a process of %s stopped in good order".formatted(role),
                    () -> assertThat(gone.stop()).isZero());
            RouteProcess started = drill.start(role);
            drill.recover("one of the %s version started".formatted(version), started::awaitReady);
            processes.set(i, started);
        }
    }
}
