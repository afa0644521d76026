package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Nightly(
        perChange = {"UpIT#event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder", "PreflightTest"
        })
class LocalElasticsearchIT {
    private static final String READY = "ready";

    private Path data;
    private Process parent;

    /** Starts Elasticsearch in a JVM of its own and runs until it is killed. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws IOException {
            Path data = Path.of(args[0]);
            LocalElasticsearch server = new LocalElasticsearch(
                    LocalElasticsearch.unpackedIn(Path.of("target")),
                    data.resolve("elasticsearch"),
                    data.resolve("elasticsearch.log"),
                    Integer.parseInt(args[1]));
            server.start();
            System.out.println(READY);
            System.in.transferTo(System.out);
            server.stop();
        }
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        data = TestServers.newDirectory("killed");
    }

    @AfterEach
    void cleanUp() {
        if (parent != null) {
            List<ProcessHandle> children = parent.descendants().toList();
            parent.destroyForcibly();
            // The child processes write to the directory until they detect the exit of the parent.
            await().until(() -> children.stream().noneMatch(LocalElasticsearchIT::runs));
        }
        TestServers.delete(data);
    }

    @Test
    void elasticsearch_startedByRoot_runsAsAnotherUser_andStopsWithItsParent() throws IOException {
        int port = Ports.free();
        startParent(port);
        List<ProcessHandle> children = parent.descendants().toList();
        assertThat(children).hasSizeGreaterThan(1).allMatch(LocalElasticsearchIT::runs);
        assertThat(children)
                .allSatisfy(child -> assertThat(Files.getAttribute(Path.of("/proc/" + child.pid()), "unix:uid"))
                        .isNotEqualTo(0));
        assertThat(Ports.isFree(port)).isFalse();

        // Sends SIGKILL to the parent only.
        parent.toHandle().destroyForcibly();

        await().untilAsserted(() -> assertThat(children).noneMatch(LocalElasticsearchIT::runs));
        assertThat(Ports.isFree(port)).isTrue();
    }

    @Test
    void start_portInUse_failsAndReportsTheProcess() throws IOException {
        try (ServerSocket other = new ServerSocket(Ports.free())) {
            LocalElasticsearch server = new LocalElasticsearch(
                    LocalElasticsearch.unpackedIn(Path.of("target")),
                    data.resolve("elasticsearch"),
                    data.resolve("elasticsearch.log"),
                    other.getLocalPort());

            assertThatIOException()
                    .isThrownBy(server::start)
                    .withMessageContaining("taken by ")
                    .withMessageContaining("pid " + ProcessHandle.current().pid());
            assertThat(server.running()).isFalse();
        }
    }

    @Test
    void start_processThatExitsAtOnce_failsWithItsLastLines() throws IOException {
        Path program = Files.createDirectories(data.resolve("distribution/bin")).resolve("elasticsearch");
        Files.writeString(program, "#!/bin/sh\necho no such luck\nexit 7\n");
        assertThat(program.toFile().setExecutable(true, false)).isTrue();
        LocalElasticsearch server = new LocalElasticsearch(
                data.resolve("distribution"), data.resolve("elasticsearch"), data.resolve("log"), Ports.free());

        assertThatIOException()
                .isThrownBy(server::start)
                .withMessageContaining("ended with code 7")
                .withMessageContaining("no such luck");
        assertThat(server.running()).isFalse();
    }

    /**
     * Returns whether a process runs. An exited process counts as alive, without a command, until its new parent has
     * read the exit code.
     */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private void startParent(int port) throws IOException {
        parent = new ProcessBuilder(ChildJvm.command(
                        Parent.class.getName(),
                        List.of("-Xmx128m", "-Dtest.servers.short-lived=true"),
                        List.of(data.toString(), String.valueOf(port))))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = parent.inputReader();
        assertThat(output.readLine()).isEqualTo(READY);
    }
}
