package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    private static final long ENOUGH = 100L << 30;
    private static final Set<String> ALL = Machine.NEEDED;

    private final UpOptions options =
            new UpOptions(Path.of("/data"), ServerPorts.free(), Ports.free(), Ports.free(), false);

    @Test
    void problems_withEnoughResources_areEmpty() {
        assertThat(Preflight.problems(options, new Machine(ENOUGH, ENOUGH, true, ALL)))
                .isEmpty();
    }

    @Test
    void problems_withAPortInUse_reportTheProcessAndTheOption() throws IOException {
        try (ServerSocket listener = new ServerSocket(options.servers().hdfsWeb())) {
            assertThat(Preflight.problems(options, new Machine(ENOUGH, ENOUGH, false, ALL)))
                    .singleElement()
                    .asString()
                    .startsWith("Port " + listener.getLocalPort() + " for HDFS's web page is taken by ")
                    .endsWith("(pid " + ProcessHandle.current().pid()
                            + "): stop that, or choose another port with --hdfs-web-port N.");
        }
    }

    @Test
    void problems_withTooLittleMemory_reportTheRequirement() {
        assertThat(Preflight.problems(options, new Machine(1_503_238_553L, ENOUGH, false, ALL)))
                .containsExactly("Only 1.4 GiB of memory are available, 3.0 GiB are needed:"
                        + " close other programs, or give this machine more.");
    }

    @Test
    void problems_withTooLittleDisk_reportTheDirectory() {
        assertThat(Preflight.problems(options, new Machine(ENOUGH, 1L << 29, false, ALL)))
                .containsExactly("Only 0.5 GiB of disk are free for /data, 2.0 GiB are needed:"
                        + " make room, or choose another place with --data DIR.");
    }

    @Test
    void problems_asRootWithoutSetpriv_reportTheMissingPackage() {
        assertThat(Preflight.problems(options, new Machine(ENOUGH, ENOUGH, true, Set.of("setsid"))))
                .singleElement()
                .asString()
                .contains("setpriv", "install the package util-linux, or run this as another user.")
                .doesNotContain("\n");
    }

    @Test
    void problems_asAnotherUserWithoutSetpriv_areEmpty() {
        assertThat(Preflight.problems(options, new Machine(ENOUGH, ENOUGH, false, Set.of("setsid"))))
                .isEmpty();
    }

    @Test
    void problems_ofManyKinds_haveOneLineEach() {
        assertThat(Preflight.problems(options, new Machine(0, 0, true, Set.of())))
                .hasSize(4);
    }

    @Test
    void machine_here_reportsMemoryDiskAndCommands(@TempDir Path directory) throws IOException {
        Machine machine = Machine.here(directory);

        assertThat(machine.availableMemoryBytes()).isPositive();
        assertThat(machine.usableDiskBytes()).isPositive();
        assertThat(machine.commands()).contains("setsid");
    }

    @Test
    void lock_onADirectoryInUse_reportsTheProcess(@TempDir Path directory) throws IOException {
        try (DataLock lock = DataLock.take(directory)) {
            lock.signWithPid();

            assertThatIOException()
                    .isThrownBy(() -> DataLock.take(directory))
                    .withMessage(
                            "Another ./wadi up (pid " + ProcessHandle.current().pid() + ") has the data directory "
                                    + directory + ": stop that, or choose another with --data DIR.");
        }
        DataLock.take(directory).close();
    }

    @Test
    void lock_withoutAWritableDirectory_fails(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");

        List<Path> impossible = List.of(file, file.resolve("below"));

        assertThat(impossible)
                .allSatisfy(data -> assertThatIOException()
                        .isThrownBy(() -> DataLock.take(data))
                        .withMessage(
                                "The data directory " + data + " cannot be written: choose another with --data DIR."));
    }
}
