package io.wadi;

import io.wadi.testing.BrokerProcess;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The production deployment without Docker: three brokers, and two processes each of ingest, landing and indexing. One
 * process of each kind is killed with SIGKILL in turn under load and restarted. {@link Drill} has the oracle.
 */
@Nightly(
        perChange = {
            "LandingCrashIT#processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce",
            "IndexingCrashIT#killedAtRandom_indexesEachRecordOnce"
        })
class ProductionDrillIT {
    @TempDir
    private Path directory;

    @Test
    void oneProcessOfEachRoleKilledInTurnUnderLoad_noRecordIsLostOrDuplicated() throws Exception {
        List<BrokerProcess> brokers = BrokerProcess.startThree(directory);
        try (Drill drill = new Drill(
                "production-drill", directory, Drill.Servers.shared().withKafka(BrokerProcess.addresses(brokers)))) {
            Drill.Ingest ingest = drill.startIngest();
            drill.sendTo(ingest.port());
            drill.sendTo(drill.startIngest().port());
            RouteProcess landing = drill.start("landing");
            drill.start("landing");
            RouteProcess indexing = drill.start("indexing");
            drill.start("indexing");
            drill.recover("nothing happened", () -> {});

            for (int round = 0; round < Rounds.of(1, 3); round++) {
                int number = round % brokers.size();
                drill.recover("broker %d of three killed".formatted(number + 1), brokers.get(number)::kill);
                brokers.get(number).startAgain();

                drill.recover("an ingest killed", ingest.process()::kill);
                drill.end(ingest.port());
                ingest = drill.startIngest();
                drill.sendTo(ingest.port());

                drill.recover("a process of landing killed", landing::kill);
                landing = drill.start("landing");

                drill.recover("a process of indexing killed", indexing::kill);
                indexing = drill.start("indexing");
            }
            drill.check();
        } finally {
            brokers.forEach(BrokerProcess::close);
        }
    }
}
