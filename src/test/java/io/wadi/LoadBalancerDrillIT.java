package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.EventLoad;
import io.wadi.testing.LoadBalancer;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that send through the shipped load balancer to two ingest processes, which are killed with SIGKILL in turn. A
 * request with a connection that breaks is repeated and then gets a receipt. {@link Drill} has the rest of the oracle.
 */
@Nightly(perChange = {"ComposeServersIT#loadBalancer_forwardsToEachIngestInstance", "EventsInIT"})
class LoadBalancerDrillIT {
    @TempDir
    private Path directory;

    @Test
    void ingestInstancesKilledInTurn_clientsKeepGettingReceipts() throws Exception {
        LoadBalancer.assumeIsThere();
        try (Drill drill = new Drill("load-balancer-drill", directory, Drill.Servers.shared())) {
            List<Drill.Ingest> ingests = new ArrayList<>(List.of(drill.startIngest(), drill.startIngest()));
            drill.start("landing");
            drill.start("indexing");
            try (LoadBalancer balancer =
                    LoadBalancer.start(directory, address(ingests.get(0)), address(ingests.get(1)))) {
                await().until(() -> balancer.ingests() == 2);
                EventLoad load = drill.sendAgainTo(balancer.port());
                drill.recover("nothing happened", () -> {});

                for (int round = 0; round < Rounds.of(1, 3); round++) {
                    for (int number = 0; number < 2; number++) {
                        Drill.Ingest ingest = ingests.get(number);
                        drill.recover(
                                "ingest " + (number + 1) + " of two behind the load balancer killed",
                                ingest.process()::kill);
                        assertThat(balancer.ingests()).isEqualTo(1);
                        ingests.set(number, drill.startIngest(ingest));
                        await().until(() -> balancer.ingests() == 2);
                    }
                }
                assertThat(load.isOver()).as("a client found the port closed").isFalse();
                assertThat(load.notSent()).isZero();
                drill.check();
            }
        }
    }

    private static LoadBalancer.Ingest address(Drill.Ingest ingest) {
        return new LoadBalancer.Ingest(ingest.port(), ingest.management());
    }
}
