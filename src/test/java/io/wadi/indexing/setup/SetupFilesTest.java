package io.wadi.indexing.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.SettingsException;
import io.wadi.testing.UnreadableDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SetupFilesTest {
    /** The files of the jar would replace those of a misspelled directory. */
    @Test
    void missingDirectory_isRejected(@TempDir Path directory) throws Exception {
        Path missing = directory.resolve("elasticsaerch");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> SetupFiles.read(missing.toString()))
                .withMessage("wadi.indexing.setup=" + missing
                        + ": found no such directory; expected one with templates and policies, or elasticsearch");
        assertThat(SetupFiles.read(directory.toString())).isEmpty();
    }

    @Test
    void directoryThatIsOpenedButCannotBeRead_isReportedAsCheckedException(@TempDir Path directory) throws Exception {
        try (UnreadableDirectory unreadable = new UnreadableDirectory()) {
            Files.createSymbolicLink(directory.resolve(SetupFile.Kind.ILM_POLICIES.directory()), unreadable.path());

            assertThatExceptionOfType(IOException.class).isThrownBy(() -> SetupFiles.read(directory.toString()));
        }
    }
}
