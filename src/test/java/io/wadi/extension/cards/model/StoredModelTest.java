package io.wadi.extension.cards.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file format of models, which later versions must be able to read. */
class StoredModelTest {
    private static final Path STORED = Path.of("src/test/resources/fixtures/card-model.json");

    @Test
    void storedModel_isWrittenUnchanged() throws Exception {
        StoredModel model = StoredModel.parse(Files.readAllBytes(STORED));

        assertThat(model.model().trees()).hasSize(2);
        assertThat(model.model().trees().get(0).value()).containsExactly(0.1, -2.5e-7, 1e10, 1.0 / 3, 123456789.125);
        assertThat(new String(model.toJson(), UTF_8)).isEqualTo(Files.readString(STORED));
    }

    @Test
    void unknownFields_areIgnored() throws Exception {
        String json = Files.readString(STORED).replace("\"value\":[4.9E-324]", "\"value\":[4.9E-324],\"depth\":1");

        assertThat(StoredModel.parse(json.getBytes(UTF_8)).model().trees()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "value":[4.9E-324]             | "none":[4.9E-324]     | value
                    "value":[4.9E-324]             | "value":null          | value
                    "value":[4.9E-324]             | "value":[null]        | null
                    "value":[4.9E-324]             | "value":[""]          | Tree["value"]
                    "value":[4.9E-324]             | "value":["much"]      | much
                    "value":[4.9E-324]             | "value":["NaN"]       | tree 1, node 0: value is NaN
                    "value":[4.9E-324]             | "value":{}            | Cannot deserialize
                    "value":[4.9E-324]             | "value":[]            | arrays of different lengths
                    "left":[0]                     | "left":[null]         | null
                    "sum":"log-odds"               | "sum":"logodds"       | Its "sum" is "logodds": expected one of [log-odds, probability]
                    "base":-1.5                    | "base":"much"         | base is NaN, expected a finite number
                    "base":                        | "bias":               | "base" is missing
                    "trees":                       | "forest":             | "trees" is missing
                    "trees":[                      | "trees":[null,        | null
                    "trees":[                      | "trees":[{},          | feature
                    "trees":[                      | "trees":[7,           | Cannot construct
                    "usual":[100.0,0.02]           | "usual":null          | "usual" is missing
                    "coefficients":[0.25,0.001]    | "coefficients":["x"]  | "x"
                    "coefficients":[0.25,0.001]    | "coefficients":[0.25,"NaN"] | coefficient 1 is NaN, expected a finite number
                    "usual":[100.0,0.02]           | "usual":["Infinity",0.02]   | usual value 0 is Infinity
                    "features":["amount","abroad"] | "features":null       | "features" is missing
                    "features":["amount","abroad"] | "features":[null]     | null
                    """)
    void invalidModel_isRejected(String found, String otherwise, String message) throws Exception {
        String good = Files.readString(STORED);
        assertThat(good).contains(found);

        assertThatThrownBy(
                        () -> StoredModel.parse(good.replace(found, otherwise).getBytes(UTF_8)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }
}
