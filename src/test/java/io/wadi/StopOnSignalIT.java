package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.Signal;
import io.wadi.runtime.ExitCode;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    /** The capacity of a pipe of Linux in bytes; see pipe(7). */
    private static final int PIPE = 1 << 16;

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

    /** Nothing reads the output, and its pipe is full: each thread that logs is blocked. */
    @Test
    void stopWithBlockedOutput_endsTheProcessWithCode2() throws Exception {
        Files.writeString(
                Files.createDirectories(directory.resolve("routes")).resolve("quiet.camel.yaml"),
                "- route: {id: quiet, from: {uri: direct:quiet, steps: [{log: x}]}}");
        int management = Ports.free();
        Process wadi = new ProcessBuilder(ChildJvm.command(
                        "io.wadi.Launch",
                        List.of(
                                "-Xmx256m",
                                "-Dwadi.http.port=" + Ports.free(),
                                "-Dwadi.management.port=" + management,
                                "-Dwadi.kafka.brokers="
                                        + TestServers.shared().ports().kafkaBrokers(),
                                "-Dwadi.stop.timeout=1s"),
                        List.of("--config", directory.toString())))
                .redirectErrorStream(true)
                .start();
        String output = "/proc/" + wadi.pid() + "/fd/1";
        FutureTask<IOException> filling = new FutureTask<>(() -> fill(output));
        try (InputStream pipe = new FileInputStream(output)) {
            await().atMost(ChildJvm.START_TIMEOUT)
                    .ignoreExceptionsInstanceOf(ConnectException.class)
                    .until(() -> Http.get("http://localhost:" + management + "/observe/health/started")
                                    .statusCode()
                            == 200);
            Thread thread = new Thread(filling);
            thread.setDaemon(true);
            thread.start();
            AtomicInteger last = new AtomicInteger();
            // A line that does not fit into a page of the pipe leaves a gap, so that the number of bytes varies.
            await().during(Duration.ofSeconds(5))
                    .until(() -> pipe.available() > PIPE / 2 && last.getAndSet(pipe.available()) == pipe.available());

            Signal.send("TERM", wadi.pid());

            assertThat(wadi.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(wadi.exitValue()).isEqualTo(ExitCode.LEFT.number());
        } finally {
            wadi.destroyForcibly();
        }
        assertThat(filling.get(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("Broken pipe");
    }

    /** Writes to a pipe, which blocks while it is full, until its readers have closed it; returns the failure. */
    private static IOException fill(String output) {
        try (OutputStream pipe = new FileOutputStream(output)) {
            while (true) {
                pipe.write('\n');
            }
        } catch (IOException e) {
            return e;
        }
    }
}
