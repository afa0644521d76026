package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import io.wadi.local.StopSignal;
import io.wadi.local.Terminal;
import io.wadi.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short soak with two faults, complete from the start of the servers to the report. */
@Nightly(
        perChange = {
            "LandingCrashIT#processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce",
            "IndexingCrashIT#killedAtRandom_indexesEachRecordOnce",
            "SoakReportTest"
        })
class SoakIT {
    /** The two faults of this seed concern landing: one process is frozen and the other is killed. */
    private static final long SEED = 42;

    @TempDir
    private Path directory;

    @Test
    void run_withTwoFaults_losesAndDuplicatesNothing_andWritesAReport() throws Exception {
        SoakOptions options = new SoakOptions(Duration.ofSeconds(90), 50, SEED, directory);
        WadiProcess.Program classes = (jvm, arguments) -> ChildJvm.command("io.wadi.Launch", jvm, arguments);

        SoakResult result = new SoakRun(
                        options, classes, Path.of("").toAbsolutePath(), new Terminal(false), new StopSignal())
                .run();
        Path page = SoakFiles.write(result, directory);

        assertThat(result.problems()).isEmpty();
        assertThat(result.found().isWell()).as(result.found().toString()).isTrue();
        assertThat(result.found().receipted()).isGreaterThan(1_500);
        assertThat(result.faults()).hasSize(2).allSatisfy(each -> {
            assertThat(each.landed()).as(each.toString()).isNotNaN();
            assertThat(each.indexed()).as(each.toString()).isNotNaN();
        });
        assertThat(result.samples())
                .extracting(ProcessSample::process)
                .contains("ingest-1", "ingest-2", "landing-1", "landing-2", "indexing-1", "indexing-2");
        assertThat(result.samples().stream().filter(each -> each.residentMib() > 100 && each.heapMib() > 5))
                .hasSizeGreaterThan(50);
        assertThat(page).content().contains("Nothing lost, nothing duplicated");
        SoakRun.removeData(directory);
        assertThat(directory.resolve("data")).doesNotExist();
        assertThat(List.of(directory.toFile().list())).contains("soak.json", "logs");
    }
}
