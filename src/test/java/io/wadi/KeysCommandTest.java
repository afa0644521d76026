package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysCommandTest {
    private static List<String> run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(KeysCommand.run(new PrintStream(out, true, UTF_8), args)).isZero();
        return out.toString(UTF_8).lines().toList();
    }

    @Test
    void new_printsTheKeyAndTheLineOfItsHash() {
        List<String> lines = run("new", "shop", "--topics", "orders,metric.*");

        String key = lines.get(1).strip();
        assertThat(key).matches("wadi_shop_[A-Za-z0-9_-]{43}");
        assertThat(lines.get(3))
                .isEqualTo("  - {name: shop, sha256: [\"" + ApiKey.hashOf(key)
                        + "\"], topics: [\"orders\", \"metric.*\"]}")
                .doesNotContain(key);
        assertThat(ApiKeys.parse(("keys:\n" + lines.get(3) + "\n").getBytes(UTF_8))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void new_withoutTopics_isForAll_andEveryKeyIsAnother() {
        assertThat(run("new", "shop").get(3)).endsWith("topics: [\"*\"]}");
        assertThat(run("new", "shop").get(1)).isNotEqualTo(run("new", "shop").get(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            ''                    | Usage: ./wadi keys new NAME [--topics orders,metric.*]
            nwe shop              | Usage: ./wadi keys new NAME [--topics orders,metric.*]
            new                   | Usage: ./wadi keys new NAME [--topics orders,metric.*]
            new shop billing      | "billing" is not understood. Usage: ./wadi keys new NAME [--topics orders,metric.*]
            new shop --topics     | A value is missing after --topics. Usage: ./wadi keys new NAME [--topics orders,metric.*]
            new shop --topics a,, | "" is no topic's name, nor its beginning and *
            new a_b               | "a_b" cannot be a key's name, which is 1 to 40 letters, digits, dots and dashes
            """)
    void run_misunderstood_saysHowItIsUsed(String words, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(words.split(" ")))
                .withMessage(message);
    }
}
