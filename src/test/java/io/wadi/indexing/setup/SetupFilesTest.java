package io.wadi.indexing.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.runtime.config.SettingsException;
import io.wadi.testing.UnreadableDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Otherwise one sender could determine the types of fields, or use up the index's limit of fields. */
    @ParameterizedTest
    @ValueSource(strings = {"elasticsearch", "examples/elasticsearch"})
    void shippedTemplates_mapOnlyTheirOwnFields(String directory) throws Exception {
        File[] templates = Path.of(directory, "index-templates").toFile().listFiles();

        assertThat(templates)
                .isNotEmpty()
                .allSatisfy(template -> assertThat(new ObjectMapper()
                                .readTree(template)
                                .at("/template/mappings/dynamic")
                                .asBoolean(true))
                        .isFalse());
    }

    @Test
    void directoryThatIsOpenedButCannotBeRead_isReportedAsCheckedException(@TempDir Path directory) throws Exception {
        try (UnreadableDirectory unreadable = new UnreadableDirectory()) {
            Files.createSymbolicLink(directory.resolve(SetupFile.Kind.ILM_POLICIES.directory()), unreadable.path());

            assertThatExceptionOfType(IOException.class).isThrownBy(() -> SetupFiles.read(directory.toString()));
        }
    }
}
