package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    private static final Setting<String> TOPIC = Setting.text("wadi.t.topic", "colors", "A text.");
    private static final Setting<List<String>> HOSTS = Setting.list("wadi.t.hosts", "a:1", "A list.");
    private static final Setting<Boolean> ENABLED = Setting.flag("wadi.t.enabled", "true", "A flag.");
    private static final Setting<Long> PORT = Setting.number("wadi.t.port", "8080", 1, 65535, "A number.");
    private static final Setting<Double> SHARE = Setting.decimal("wadi.t.share", "0.5", 0, 1, "A decimal.");
    private static final Setting<Long> ROLL_BYTES =
            Setting.size("wadi.t.roll-bytes", "8MiB", "1KiB", "1GiB", "A size.");
    private static final Setting<Duration> EVERY = Setting.duration("wadi.t.every", "10s", "1s", "1h", "A duration.");
    private static final Setting<String> COLOR =
            Setting.choice("wadi.t.color", "red", List.of("red", "green", "blue.dark"), "A choice.");
    private static final Setting<List<String>> SIDES =
            Setting.some("wadi.t.sides", "left,right", List.of("left", "right"), "Some of them.");
    private static final Setting<String> GROUP = Setting.text("wadi.t.group", "wadi-t", "A consumer group.");
    private static final Setting<String> APPLICATION =
            Setting.text("wadi.t.application", "wadi-u", "A Kafka Streams application.");
    private static final Setting<String> ISSUER = Setting.optional("wadi.t.issuer", "none", "A text.");
    private static final Setting<String> KEYS = Setting.optional("wadi.t.keys", "none", "A text.");
    private static final List<Setting<?>> ALL = List.of(
            TOPIC, HOSTS, ENABLED, PORT, SHARE, ROLL_BYTES, EVERY, COLOR, SIDES, GROUP, APPLICATION, ISSUER, KEYS);

    @Test
    void read_withoutProperties_returnsTheDefaults() {
        Settings settings = read(Map.of());

        assertThat(settings.get(TOPIC)).isEqualTo("colors");
        assertThat(settings.get(HOSTS)).containsExactly("a:1");
        assertThat(settings.get(ENABLED)).isTrue();
        assertThat(settings.get(PORT)).isEqualTo(8080);
        assertThat(settings.get(SHARE)).isEqualTo(0.5);
        assertThat(settings.get(ROLL_BYTES)).isEqualTo(8 << 20);
        assertThat(settings.get(EVERY)).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.get(COLOR)).isEqualTo("red");
        assertThat(settings.get(SIDES)).containsExactly("left", "right");
    }

    @Test
    void consumerGroups_areThoseOfSettingsThatEndInGroup() {
        assertThat(read(Map.of()).consumerGroups())
                .containsOnly(Map.entry("wadi-t", "wadi.t.group"), Map.entry("wadi-u", "wadi.t.application"));
        assertThat(read(Map.of("wadi.t.group", "other")).consumerGroups()).containsOnlyKeys("other", "wadi-u");
    }

    @Test
    void misspelledPrefix_isRejected_andOtherNamesAreIgnored() {
        assertThat(read(Map.of("camel.main.name", "wadi", "my.t.topic.of.a.route", "a", "user.name", "b"))
                        .get(TOPIC))
                .isEqualTo("colors");
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> read(Map.of("Wadi.t.port", "1", "wad.t.topic", "a")))
                .satisfies(refused -> assertThat(refused.mistakes())
                        .containsExactly(
                                "Wadi.t.port: there is no such property; did you mean wadi.t.port?",
                                "wad.t.topic: there is no such property; did you mean wadi.t.topic?"));
    }

    @Test
    void consumerGroupOfTwoSettings_isRejected() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> read(Map.of("wadi.t.application", "wadi-t")))
                .satisfies(refused -> assertThat(refused.mistakes())
                        .containsExactly("wadi.t.application=wadi-t: expected another group than wadi.t.group,"
                                + " since each would read a part of the records"));
    }

    @Test
    void settingsThatRequireEachOther_areBothSetOrNeither() {
        assertThat(read(Map.of()).areBothSet(ISSUER, KEYS)).isFalse();
        assertThat(read(Map.of("wadi.t.issuer", "i", "wadi.t.keys", "k")).areBothSet(ISSUER, KEYS))
                .isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("wadi.t.issuer", "i")).areBothSet(ISSUER, KEYS))
                .withMessage("wadi.t.keys is empty, but wadi.t.issuer is set: set both or none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("wadi.t.keys", "k")).areBothSet(ISSUER, KEYS))
                .withMessage("wadi.t.issuer is empty, but wadi.t.keys is set: set both or none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wadi.t.port       | 1              | 1
            wadi.t.port       | 65535          | 65535
            wadi.t.share      | 0              | 0.0
            wadi.t.share      | 1              | 1.0
            wadi.t.roll-bytes | 1KiB           | 1024
            wadi.t.roll-bytes | 1024           | 1024
            wadi.t.roll-bytes | 1GiB           | 1073741824
            wadi.t.every      | 1s             | PT1S
            wadi.t.every      | 1000ms         | PT1S
            wadi.t.every      | 1h             | PT1H
            wadi.t.every      | 60m            | PT1H
            wadi.t.enabled    | ' false '      | false
            wadi.t.color      | blue.dark      | blue.dark
            wadi.t.topic      | ' x '          | x
            wadi.t.hosts      | ' b:2 , ,c:3 ' | [b:2, c:3]
            wadi.t.sides      | 'right, left'  | [right, left]
            """)
    void read_boundaryValue_isAccepted(String name, String text, String value) {
        Setting<?> setting = ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();

        assertThat(read(Map.of(name, text)).get(setting)).hasToString(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wadi.t.topic      | ''        | a text that is not empty (default colors)
            wadi.t.topic      | ' '       | a text that is not empty (default colors)
            wadi.t.hosts      | ' , '     | one or more texts, separated by commas (default a:1)
            wadi.t.enabled    | yes       | true or false (default true)
            wadi.t.enabled    | TRUE      | true or false (default true)
            wadi.t.port       | 0         | a whole number from 1 to 65535 (default 8080)
            wadi.t.port       | 65536     | a whole number from 1 to 65535 (default 8080)
            wadi.t.port       | ' 80'     | a whole number from 1 to 65535 (default 8080)
            wadi.t.port       | 80.5      | a whole number from 1 to 65535 (default 8080)
            wadi.t.port       | http      | a whole number from 1 to 65535 (default 8080)
            wadi.t.share      | -0.0001   | a number from 0.0 to 1.0 (default 0.5)
            wadi.t.share      | 1.0001    | a number from 0.0 to 1.0 (default 0.5)
            wadi.t.share      | NaN       | a number from 0.0 to 1.0 (default 0.5)
            wadi.t.share      | 50%       | a number from 0.0 to 1.0 (default 0.5)
            wadi.t.roll-bytes | 1023      | a size such as 64KiB or 128MiB, from 1KiB to 1GiB (default 8MiB)
            wadi.t.roll-bytes | 1025MiB   | a size such as 64KiB or 128MiB, from 1KiB to 1GiB (default 8MiB)
            wadi.t.roll-bytes | 8MB       | a size such as 64KiB or 128MiB, from 1KiB to 1GiB (default 8MiB)
            wadi.t.color      | orange    | red, green or blue.dark (default red)
            wadi.t.color      | Green     | red, green or blue.dark (default red); did you mean green?
            wadi.t.color      | blu.dark  | red, green or blue.dark (default red); did you mean blue.dark?
            wadi.t.color      | ' red'    | red, green or blue.dark (default red); did you mean red?
            wadi.t.sides      | up        | one or more of left, right (default left,right)
            wadi.t.sides      | right,right | one or more of left, right (default left,right)
            wadi.t.sides      | ','       | one or more of left, right (default left,right)
            wadi.t.roll-bytes | 999999999999999GiB | a size such as 64KiB or 128MiB, from 1KiB to 1GiB (default 8MiB)
            wadi.t.every      | 999ms     | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            wadi.t.every      | 61m       | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            wadi.t.every      | 10        | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            wadi.t.every      | 999999999999999d | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            wadi.t.every      | 15S       | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            wadi.t.every      | 15 s      | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            wadi.t.every      | ' 15s'    | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)
            """)
    void read_invalidValue_reportsAllowedValues(String name, String text, String allowed) {
        assertThat(mistakes(Map.of(name, text))).containsExactly(name + "=" + text + ": expected " + allowed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wadi.t.prot       | wadi.t.prot: there is no such property; did you mean wadi.t.port?
            wadi.t.roll-byte  | wadi.t.roll-byte: there is no such property; did you mean wadi.t.roll-bytes?
            wadi.T.port       | wadi.T.port: there is no such property; did you mean wadi.t.port?
            wadi.something-else-altogether | wadi.something-else-altogether: there is no such property
            """)
    void read_unknownName_reportsTheNearestName(String name, String mistake) {
        assertThat(mistakes(Map.of(name, "1"))).containsExactly(mistake);
    }

    /** In routes, Camel would resolve the placeholder, so routes and the setting would have different values. */
    @ParameterizedTest
    @ValueSource(strings = {"{{env:X}}", "{{my.site}}-landing", "a{{sys:x:y}}b"})
    void read_placeholder_isRejected(String text) {
        assertThat(mistakes(Map.of("wadi.t.topic", text)))
                .containsExactly(
                        "wadi.t.topic: a setting cannot contain a placeholder {{…}}; set WADI_T_TOPIC in the environment instead");
    }

    @Test
    void read_bracesOfAPassword_areNoPlaceholder() {
        assertThat(read(Map.of("wadi.t.topic", "a{{b}c")).get(TOPIC)).isEqualTo("a{{b}c");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://otel:s3cret@collector:4318/v1 | https://[hidden]@collector:4318/v1
            https://a:1,https://otel:s3,c/r@et@b:2 | https://[hidden]@b:2
            https://a/hook?token=s3cret,http://b?x=s3cret | https://a/hook?[hidden],http://b?[hidden]
            """)
    void read_invalidAddress_isReportedWithoutUserPasswordAndQuery(String text, String shown) {
        Setting<String> address = Setting.matching("wadi.t.address", "", "(https?://[^\\s@?]+)?", "an address", "One.");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Settings.read(List.of(address), name -> Optional.of(text), Set.of(), List.of()))
                .withMessage("wadi.t.address=" + shown + ": expected an address (default )");
    }

    @Test
    void read_list_isSplitAtCommasAndTrimmed() {
        assertThat(read(Map.of("wadi.t.hosts", " b:2 , ,c:3,")).get(HOSTS)).containsExactly("b:2", "c:3");
    }

    @Test
    void read_text_isTrimmed() {
        assertThat(read(Map.of("wadi.t.topic", " x y ")).get(TOPIC)).isEqualTo("x y");
    }

    @Test
    void read_foreignNames_areIgnored() {
        Set<String> names = Set.of("camel.main.nam", "wadi", "wadix.port", "wadi.t.prt");
        Set<String> lookedUp = new HashSet<>();

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Settings.read(
                        ALL,
                        name -> {
                            lookedUp.add(name);
                            return Optional.empty();
                        },
                        names,
                        List.of()))
                .withMessage("wadi.t.prt: there is no such property; did you mean wadi.t.port?");
        assertThat(lookedUp)
                .containsExactlyInAnyOrderElementsOf(
                        ALL.stream().map(Setting::name).toList());
    }

    @Test
    void read_severalMistakes_areAllReported() {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("wadi.zzzzzzzzzzzzzzzz", "1");
        given.put("wadi.t.everi", "5s");
        given.put("wadi.t.every", "5");
        given.put("wadi.t.port", "99999");
        given.put("wadi.t.share", "0.75");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> read(given))
                .withMessage(String.join(
                        System.lineSeparator(),
                        "wadi.t.port=99999: expected a whole number from 1 to 65535 (default 8080)",
                        "wadi.t.every=5: expected a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h (default 10s)",
                        "wadi.t.everi: there is no such property; did you mean wadi.t.every?",
                        "wadi.zzzzzzzzzzzzzzzz: there is no such property"));
    }

    @Test
    void get_undeclaredSetting_isRejected() {
        Setting<String> other = Setting.text("wadi.other", "x", "Another.");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of()).get(other))
                .withMessage("wadi.other is not declared");
    }

    private static Settings read(Map<String, String> given) {
        return Settings.read(ALL, name -> Optional.ofNullable(given.get(name)), given.keySet(), List.of());
    }

    private static List<String> mistakes(Map<String, String> given) {
        try {
            read(given);
            return List.of();
        } catch (SettingsException e) {
            return e.mistakes();
        }
    }
}
