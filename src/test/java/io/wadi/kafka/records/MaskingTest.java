package io.wadi.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Masking MASKING = Masking.of(List.of("password", "apiKey", "token", "authorization"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[[{\"PASSWORD\":\"hunter2\"}]]}",
                "[{\"apikey\":{\"x\":[\"hunter2\"]}}]",
                "{\"payload\":\"{\\\"password\\\":\\\"hunter2\\\"}\"}",
                "[\"{\\\"a\\\":\\\"{\\\\\\\"token\\\\\\\":\\\\\\\"hunter2\\\\\\\"}\\\"}\"]",
                "\"password=hunter2&b=1\"",
                // A parsed object has one of both.
                "\"{\\\"a\\\":{\\\"password\\\":\\\"hunter2\\\"},\\\"a\\\":1}\""
            })
    void json_isMaskedAtAnyDepth_andInItsTexts(String text) throws Exception {
        assertThat(MASKING.json(JSON.readTree(text)).toString()).contains("•••").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"password\":\"hunter2\"} {",
                "{\"password\" : \"hunter2",
                "{\"password\":\"a\\\"hunter2\",\"b\":1",
                "{\"token\":{\"x\":\"hunter2\"},",
                "{\"token\":[\"hunter2\"",
                "{\\\"password\\\":\\\"hunter2\\\",",
                "'apiKey': 'hunter2'",
                "user=ada password=hunter2 b=1",
                "a=1&Token=hunter2&b=2",
                "Host: x\r\nAuthorization: Basic hunter2==\r\nAccept: */*",
                "authorization=ApiKey \t'hunter2'",
                "Authorization: Digest username=\"ada\", realm=\"a b\", response=\"hunter2\"",
                "{Authorization=AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-date, Signature=hunter2",
                "authorization: OAuth oauth_consumer_key = \"a\",oauth_signature=\"hunter2",
                "failed to parse field [login.password] of type [long] in document with id '7'."
                        + " Preview of field's value: 'hunter2'",
                "failed to parse field [password] of type [long] in document with id '7'."
                        + " Preview of field's value: 'it's hunter2' (For input string: \"it's hunter2\")",
                "Detail: Failing row contains (1, \nhunter2",
                "at \"/a/password\": found \"hunter2, expected \", expected a number",
                "at \"/token/0/x\": found hunter2, expected a string",
                "/apiKey: found hunter2",
                "{u'password': u'hunter2', b'x'}"
            })
    void text_thatIsNotJson_isMasked(String text) {
        assertThat(MASKING.plain(text)).contains("•••").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"passwords: 3", "the password was wrong", "no-password=1", "password=", "", "password: "})
    void text_withoutAValue_isUnchanged(String text) {
        assertThat(MASKING.plain(text).replace("•••", "")).isEqualTo(text);
    }

    @Test
    void textAfterAValue_isKept() {
        assertThat(MASKING.plain("{Authorization=Bearer hunter2, b=1}")).isEqualTo("{Authorization=•••, b=1}");
        assertThat(MASKING.plain("token: hunter2 b: 1")).isEqualTo("token: ••• b: 1");
        assertThat(MASKING.plain("token: Bearer\nb: 1")).isEqualTo("token: •••\nb: 1");
        assertThat(MASKING.plain("Authorization: Digest a=\"hunter2\"\r\nb: 1"))
                .isEqualTo("Authorization: •••\r\nb: 1");
        assertThat(MASKING.plain("token=hunter2 b=1, c=2")).isEqualTo("token=••• b=1, c=2");
        assertThat(MASKING.plain("at \"/password\": found 123, expected a string"))
                .isEqualTo("at \"/password\": found •••, expected a string");
        assertThat(MASKING.plain("at \"/b\": found 123, expected a token"))
                .isEqualTo("at \"/b\": found 123, expected a token");
    }

    /** The columns of a row have no names in PostgreSQL's message. */
    @Test
    void rejectedRow_isMasked_andAKeyIfAColumnIs() {
        assertThat(MASKING.plain("ERROR: null value in column \"b\"\n  Detail: Failing row contains (1, x) y, null)."))
                .isEqualTo("ERROR: null value in column \"b\"\n  Detail: Failing row contains (•••).");
        assertThat(MASKING.plain("Key (id, \"apiKey\")=(1, hunter2) already exists."))
                .isEqualTo("Key (id, \"apiKey\")=(•••) already exists.");
        assertThat(MASKING.plain("Key (lower(token))=(hunter2) is not present in table \"a\"."))
                .isEqualTo("Key (lower(token))=(•••) is not present in table \"a\".");
        assertThat(MASKING.plain("Key (buyer)=(ada) is not present in table \"token\"."))
                .isEqualTo("Key (buyer)=(ada) is not present in table \"token\".");
    }

    @Test
    void text_withManyEscapesOrFieldStarts_isMasked() {
        assertThat(MASKING.plain("\"password\":\"" + "\\\"".repeat(500_000) + "hunter2\""))
                .doesNotContain("hunter2");
        assertThat(MASKING.plain("field [".repeat(100_000))).hasSize(700_000);
        assertThat(MASKING.plain("password   ".repeat(100_000))).hasSize(1_100_000);
        assertThat(MASKING.plain("/token/a".repeat(100_000))).hasSize(800_000);
        assertThat(MASKING.plain("field [token] in document with id '" + "i".repeat(512) + "': value: 'hunter2'"))
                .endsWith("value: '•••'");
        assertThat(MASKING.plain("Key (token ".repeat(100_000))).hasSize(1_100_000);
        assertThat(MASKING.plain("token: digest" + " a=1,".repeat(100_000))).isEqualTo("token: •••,");
    }

    /** The levels within each string are limited by the parser, but not the number of strings within strings. */
    @Test
    void deeplyNestedStrings_areMasked() throws Exception {
        String text = "{\"password\":\"hunter2\"}";
        for (int i = 0; i < 16; i++) {
            text = "[".repeat(999) + JSON.writeValueAsString(text) + "]".repeat(999);
        }
        String nested = text;
        AtomicReference<Object> masked = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        masked.set(MASKING.indented(nested, nested.length()));
                    } catch (StackOverflowError e) {
                        masked.set(e);
                    }
                },
                "masking",
                1 << 20);

        thread.start();
        thread.join();

        assertThat(masked.get()).asString().startsWith("[ [ [").contains("•••").doesNotContain("hunter2");
    }
}
