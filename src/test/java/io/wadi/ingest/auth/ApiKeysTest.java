package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.ingest.limits.Rate;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String shop = ApiKey.make("shop", RANDOM);
    private final String nextShop = ApiKey.make("shop", RANDOM);
    private final String billing = ApiKey.make("bill-ing.2", RANDOM);
    private final ApiKeys keys =
            parse("""
            keys:
              - name: shop
                sha256: ["%s", "%s"]
                topics: [orders, metric.*]
                rate: 1000
                until: 2030-12-31
              - {name: bill-ing.2, sha256: ["%s"], topics: ["*"]}
            """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(nextShop), ApiKey.hashOf(billing)));

    private static ApiKeys parse(String yaml) {
        return ApiKeys.parse(yaml.getBytes(UTF_8));
    }

    @Test
    void find_keyOfTheFile_returnsThePermissionsOfItsEntry() {
        Principal grant = keys.find(shop);

        assertThat(grant.name()).isEqualTo("shop");
        assertThat(grant.rate()).isEqualTo(new Rate(1000, 1000));
        assertThat(grant.until())
                .isEqualTo(Instant.parse("2031-01-01T00:00:00Z").toEpochMilli());
        assertThat(List.of("orders", "orders2", "metric.cpu", "metric", "other"))
                .filteredOn(grant.topics()::match)
                .containsExactly("orders", "metric.cpu");
    }

    @Test
    void find_whileAKeyIsReplaced_bothAreValid() {
        assertThat(keys.find(nextShop)).isSameAs(keys.find(shop)).isNotNull();
    }

    @Test
    void find_keyWithoutRateAndExpiry_isUnlimited() {
        Principal grant = keys.find(billing);

        assertThat(grant.rate()).isNull();
        assertThat(grant.until()).isEqualTo(Long.MAX_VALUE);
        assertThat(grant.topics().match("anything")).isTrue();
    }

    @Test
    void find_unknownText_isNull() {
        String foreign = ApiKey.make("shop", RANDOM);
        String unknown = ApiKey.make("shopp", RANDOM);
        String renamed = shop.replace("wadi_shop_", "wadi_bill-ing.2_");
        char last = shop.charAt(shop.length() - 1);
        String altered = shop.substring(0, shop.length() - 1) + (last == 'A' ? 'B' : 'A');

        assertThat(List.of(
                        foreign,
                        unknown,
                        renamed,
                        altered,
                        "",
                        "wadi_",
                        "wadi_shop_",
                        shop + "A",
                        " " + shop,
                        "wadi_" + "x".repeat(100_000)))
                .allSatisfy(text -> assertThat(keys.find(text)).as(text).isNull());
    }

    @Test
    void make_createsUniqueKeys_thatContainTheName() {
        assertThat(shop).matches("wadi_shop_[A-Za-z0-9_-]{43}").isNotEqualTo(nextShop);
        assertThat(ApiKey.nameIn(billing)).isEqualTo("bill-ing.2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a_b", "a b", "-a", "ä", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void make_invalidName_isRejected(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKey.make(name, RANDOM))
                .withMessage(
                        "\"" + name + "\" is not a valid key name; expected 1 to 40 letters, digits, dots and dashes");
    }

    @Test
    void parse_severalMistakes_reportsAllWithTheirLines() {
        String yaml = """
                key: 1
                keys:
                  - name: shop
                    sha256: [abc]
                    topics: [orders, "in valid"]
                    rate: 0
                    until: tomorrow
                    tpics: x
                  - name: shop
                    sha256: ["%1$s", "%1$s", "%1$s"]
                  - just text
                  - {name: "a b", sha256: ["%1$s"], topics: ["*"], rate: 1.5}
                """.formatted("0".repeat(64));
        String hashes = "one or two strings of 64 lower-case hexadecimal digits, two while a key is rotated";
        String rates = "a whole number of events a second from 1 to 10000000";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(yaml))
                .satisfies(e -> assertThat(e.getMessage().lines())
                        .containsExactly(
                                "keys.yaml line 11, column 5: keys is not a mapping",
                                "keys.yaml line 4, column 14: shop: sha256 is \"abc\", expected " + hashes,
                                "keys.yaml line 5, column 22: shop: topics is \"in valid\", expected a topic name, a prefix followed by *, or * alone",
                                "keys.yaml line 6, column 11: shop: rate is \"0\", expected " + rates,
                                "keys.yaml line 7, column 12: shop: until is \"tomorrow\", expected a day such as 2030-12-31",
                                "keys.yaml line 8, column 5: shop: tpics: unknown field; did you mean topics?",
                                "keys.yaml line 10, column 13: shop: sha256 has 3, expected " + hashes,
                                "keys.yaml line 9, column 5: shop: topics is missing, expected a topic name, a prefix followed by *, or * alone",
                                "keys.yaml line 9, column 5: shop: is already declared in line 3",
                                "keys.yaml line 12, column 12: a b: name is \"a b\", expected 1 to 40 letters, digits, dots and dashes",
                                "keys.yaml line 12, column 118: a b: rate is \"1.5\", expected " + rates,
                                "keys.yaml line 1, column 1: key: unknown field; did you mean keys?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "keys"})
    void parse_withoutAMapping_isRejected(String yaml) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(yaml)).withMessage("keys.yaml is not a mapping");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "keys:"})
    void parse_withoutAListOfKeys_isRejected(String yaml) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(yaml))
                .withMessage("keys.yaml line 1, column 1: keys is missing, expected a list");
    }

    @Test
    void parse_invalidYaml_reportsThePosition() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("keys:\n  - {name: shop\n"))
                .withMessage("keys.yaml line 3, column 1: expected ',' or '}', but got <stream end>");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("keys: shop"))
                .withMessage("keys.yaml line 1, column 7: keys is not a list");
    }

    @Test
    void parse_emptyList_hasNoKeys() {
        assertThat(parse("keys: []").names()).isEmpty();
    }
}
