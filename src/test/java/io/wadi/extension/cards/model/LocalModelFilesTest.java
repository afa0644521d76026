package io.wadi.extension.cards.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.testing.UnreadableDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalModelFilesTest {
    @TempDir
    private Path directory;

    @Test
    void writtenFile_hasThePermissionsOfNewFiles_soThatOthersCanReadIt() throws IOException {
        Path other = Files.createFile(directory.resolve("other"));
        Path models = directory.resolve("models");
        LocalModelFiles files = new LocalModelFiles(models);
        files.write("model", new byte[] {1});
        files.write("model", new byte[] {2});

        assertThat(Files.getPosixFilePermissions(models.resolve("model")))
                .isEqualTo(Files.getPosixFilePermissions(other));
        assertThat(files.read("model")).hasValue(new byte[] {2});
    }

    @Test
    void failedWrite_leavesNoFile() throws IOException {
        Path occupied = Files.createDirectories(directory.resolve("model"));
        Files.createFile(occupied.resolve("file"));

        assertThatThrownBy(() -> new LocalModelFiles(directory).write("model", new byte[] {1}))
                .isInstanceOf(IOException.class);
        assertThat(new LocalModelFiles(directory).names()).containsExactly("model");
    }

    @Test
    void directoryThatIsOpenedButCannotBeRead_isReportedAsCheckedException() throws IOException {
        try (UnreadableDirectory unreadable = new UnreadableDirectory()) {
            assertThatThrownBy(() -> new LocalModelFiles(unreadable.path()).names())
                    .isInstanceOf(IOException.class);
        }
    }
}
