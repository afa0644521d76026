package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.EventLoad;
import io.wadi.testing.LoadBalancer;
import io.wadi.testing.Rounds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients send through the load balancer as shipped, to two intakes that are killed with -9 in turn. What has no answer since its
 * connection broke is sent again, and then has a receipt; see {@link Drill} for what else must hold.
 */
@Tag("long")
class LoadBalancerDrillIT {
    @TempDir
    private Path directory;

    @Test
    void intakesBehindTheLoadBalancer_killedInTurn_clientsGetReceiptsOnAndOn() throws Exception {
        LoadBalancer.assumeIsThere();
        try (Drill drill = new Drill("load-balancer-drill", directory, Drill.Servers.shared())) {
            List<Drill.Intake> intakes = new ArrayList<>(List.of(drill.startIntake(), drill.startIntake()));
            drill.start("landing");
            drill.start("indexing");
            try (LoadBalancer balancer =
                    LoadBalancer.start(directory, address(intakes.get(0)), address(intakes.get(1)))) {
                await().until(() -> balancer.intakes() == 2);
                EventLoad load = drill.sendAgainTo(balancer.port());
                drill.recover("nothing happened", () -> {});

                for (int round = 0; round < Rounds.of(1, 3); round++) {
                    for (int number = 0; number < 2; number++) {
                        Drill.Intake intake = intakes.get(number);
                        drill.recover(
                                "intake " + (number + 1) + " of two behind the load balancer killed",
                                intake.process()::kill);
                        assertThat(balancer.intakes()).isEqualTo(1);
                        intakes.set(number, drill.startIntake(intake));
                        await().until(() -> balancer.intakes() == 2);
                    }
                }
                assertThat(load.isOver()).as("a client found the port closed").isFalse();
                assertThat(load.notSent()).isZero();
                drill.check();
            }
        }
    }

    private static LoadBalancer.Intake address(Drill.Intake intake) {
        return new LoadBalancer.Intake(intake.port(), intake.management());
    }
}
