package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysCommandTest {
    private static List<String> run(String... args) {
        CommandProcess made = keys(args);
        assertThat(made.code()).isZero();
        assertThat(made.err()).isEmpty();
        return made.out().lines().toList();
    }

    private static CommandProcess keys(String... args) {
        List<String> words = new ArrayList<>(List.of("keys"));
        words.addAll(List.of(args));
        return TestedCommand.run(words.toArray(String[]::new));
    }

    @Test
    void new_printsTheKeyAndTheKeysFileEntryWithItsHash() {
        List<String> lines = run("new", "shop", "--topics", "orders,metric.*");

        String key = lines.get(1).strip();
        assertThat(key).matches("wadi_shop_[A-Za-z0-9_-]{43}");
        assertThat(lines.get(3))
                .isEqualTo("  - {name: \"shop\", sha256: [\"" + ApiKey.hashOf(key)
                        + "\"], topics: [\"orders\", \"metric.*\"]}")
                .doesNotContain(key);
        assertThat(ApiKeys.parse(("keys:\n" + lines.get(3) + "\n").getBytes(UTF_8))
                        .names())
                .containsExactly("shop");
    }

    /** YAML reads these names without quotes as other types than strings, and null as a missing name. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "17", "1e3", "2026-11-28"})
    void new_entryWithANameOfAnotherType_isValid(String name) {
        List<String> lines = run("new", name);

        assertThat(ApiKeys.parse(("keys:\n" + lines.get(3) + "\n").getBytes(UTF_8))
                        .find(lines.get(1).strip()))
                .isNotNull();
    }

    @Test
    void new_withoutTopics_grantsAllTopics_andEachKeyIsUnique() {
        assertThat(run("new", "shop").get(3)).endsWith("topics: [\"*\"]}");
        assertThat(run("new", "shop").get(1)).isNotEqualTo(run("new", "shop").get(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            ''                    | "" is unknown. See wadi keys --help
            nwe shop              | "nwe" is unknown; did you mean new? See wadi keys --help
            new                   | NAME is missing. See wadi keys new --help
            new shop billing      | "billing" is unknown. See wadi keys new --help
            new shop --topcis a   | "--topcis" is unknown; did you mean --topics? See wadi keys new --help
            new shop --topics     | A value is missing after --topics. See wadi keys new --help
            new shop --topics a,, | "" is neither a topic name nor a prefix followed by *
            new a_b               | "a_b" is not a valid key name; expected 1 to 40 letters, digits, dots and dashes
            """)
    void invalidArguments_areReportedWithTheHelpCommand(String words, String message) {
        assertThat(keys(words.split(" ", -1))).isEqualTo(new CommandProcess(2, "", message + "\n"));
    }
}
