package io.wadi.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.config.SettingsException;
import io.wadi.streams.topology.StateHistory;
import io.wadi.testing.UnreadableDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsFilesTest {
    private static final DeadLetterSender NO_DEAD_LETTERS = new DeadLetterSender("dead-letters", () -> {
        throw new AssertionError("no record is processed");
    });

    @AutoClose
    private final CamelContext camel = new DefaultCamelContext();

    private static StreamsFiles filesIn(Path directory) {
        return new StreamsFiles(
                directory,
                topic -> Optional.empty(),
                Map.of("wadi-landing", "wadi.landing.group"),
                new StateHistory(Properties::new, within -> {
                    throw new AssertionError("no topology is started");
                }));
    }

    @Test
    void directoryThatIsOpenedButCannotBeRead_isAMistake() throws Exception {
        try (UnreadableDirectory unreadable = new UnreadableDirectory()) {
            StreamsFiles files = filesIn(unreadable.path());

            assertThatThrownBy(files::names)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("Reading " + unreadable.path() + " failed: ");
        }
    }

    @Test
    void filesThatCannotBeRead_areMistakesBesideThoseOfTheOthers(@TempDir Path directory) throws Exception {
        Path encoded = Files.writeString(directory.resolve("a.yaml"), "from: a\n# größer\nto: b\n", ISO_8859_1);
        Path missing = directory.resolve("b.yaml");
        Files.writeString(directory.resolve("c.yaml"), "form: a\nto: b\n");
        StreamsFiles files = filesIn(directory);
        List<String> unreadable = new ArrayList<>();
        Map<String, String> texts = files.texts(List.of("a", "b", "c"), unreadable);

        assertThatThrownBy(() -> files.read(texts, unreadable, camel, NO_DEAD_LETTERS))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.mistakes())
                                .contains(
                                        encoded + " line 2: not in UTF-8; save the file in UTF-8",
                                        "Reading " + missing + " failed: java.nio.file.NoSuchFileException: " + missing,
                                        "streams/c.yaml line 1, column 1: form: unknown field; did you mean from?"));
    }

    @Test
    void filesThatPassEachRecordInACircle_areAMistake() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("first", "from: a\nto: b");
        texts.put("other", "from: d\nto: a");
        texts.put("second", "from: b\nsteps:\n- map: {jq: .}\nto: c");
        texts.put("third", "from: c\nto: {topic: a}");

        assertThatThrownBy(() -> filesIn(Path.of("streams")).read(texts, List.of(), camel, NO_DEAD_LETTERS))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.mistakes())
                                .containsExactly("streams/first.yaml line 2: to is b, which streams/second.yaml line 4"
                                        + " copies to c, which streams/third.yaml line 2 copies to a: each record would be"
                                        + " processed again without end; expected another topic, or a filter before"));
    }

    /** A reset of the file would delete the offsets of landing. */
    @Test
    void applicationThatIsAConsumerGroupOfWadi_isAMistake() {
        StreamsFiles files = filesIn(Path.of("streams"));

        assertThatThrownBy(() -> files.read(Map.of("landing", "{from: a, to: b}"), List.of(), camel, NO_DEAD_LETTERS))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.mistakes())
                                .containsExactly(
                                        "streams/landing.yaml: application wadi-landing is the value of wadi.landing.group: set application to an id of its own"));
    }
}
