package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.runtime.ExitCode;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops that cannot stop the first route. */
@Nightly(
        perChange = {
            "OrderlyShutdownTest",
            "WadiStopTest",
            "UpIT#event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder"
        })
class StopOnSignalIT {
    private static final String ROUTES = """
            - beans: [{name: stuck-step, type: %s}]
            - route:
                id: stuck
                description: before
                from:
                  uri: timer:stuck
                  parameters: {repeatCount: 1, delay: 0}
                  steps:
                    - process: {ref: stuck-step}
            """.formatted(StuckStep.class.getName());

    @TempDir
    private Path directory;

    /** A step that never ends and ignores interrupts. */
    public static final class StuckStep implements Processor {
        @Override
        public void process(Exchange exchange) {
            while (true) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** The reload waits up to ten minutes for the exchange in flight, and the stop waits for the reload. */
    @Test
    void stopDuringAHangingReload_exitsWithCode2AndReportsTheReason() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes")).resolve("stuck.camel.yaml");
        Files.writeString(routes, ROUTES);
        try (RouteProcess wadi = RouteProcess.startConfigured(
                directory,
                line -> {},
                List.of("-Dwadi.reload.enabled=true", "-Dwadi.stop.phase-timeout=10m", "-Dwadi.stop.timeout=1s"))) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> wadi.output().contains("Running: stuck"));
            Files.writeString(routes, ROUTES.replace("before", "after"));
            await().until(() -> wadi.output().contains("Stopping stuck"));

            int code = wadi.stop();

            assertThat(code).as(wadi.output()).isEqualTo(ExitCode.LEFT.number());
            await().untilAsserted(() -> assertThat(wadi.output())
                    .contains("not closed: closing did not end within 3s", "\"drained\":false"));
        }
    }
}
