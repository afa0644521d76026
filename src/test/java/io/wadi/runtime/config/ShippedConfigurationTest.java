package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ships ({@code application.properties}, {@code routes/}) and what is declared ({@link WadiSettings}) are the same. */
final class ShippedConfigurationTest {
    private static final Path PROPERTIES = Path.of("application.properties");
    private static final List<Path> PARTS = Stream.of(
                    "WadiParts.java",
                    "AdmissionParts.java",
                    "IntakeParts.java",
                    "IndexingParts.java",
                    "EndsParts.java",
                    "LagParts.java",
                    "MirrorParts.java",
                    "AlertParts.java",
                    "CardParts.java",
                    "StreamsParts.java",
                    "ControlParts.java",
                    "AccessParts.java",
                    "OpsParts.java",
                    "NotifyParts.java",
                    "HealthParts.java",
                    "TraceParts.java")
            .map(Path.of("src/main/java/io/wadi")::resolve)
            .toList();
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??(wadi\\.[^}:]+)[^}]*}}");
    private static final Pattern ALLOWED = Pattern.compile(" Allowed: (.+)\\.$");

    static List<Setting<?>> settings() {
        return WadiSettings.ALL;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void setting_standsInTheFile_withItsDefaultAndDescription(Setting<?> setting) throws IOException {
        List<String> lines = Files.readAllLines(PROPERTIES);
        int at = lines.indexOf(setting.name() + "=" + setting.defaultText());

        assertThat(at)
                .as("the line %s=%s", setting.name(), setting.defaultText())
                .isPositive();
        String comment = lines.get(at - 1);
        assertThat(comment).startsWith("# " + setting.description());
        Matcher allowed = ALLOWED.matcher(comment);
        if (allowed.find()) {
            assertThat(setting.allowed()).endsWith(allowed.group(1));
        }
    }

    @Test
    void comment_ofARange_saysIt() throws IOException {
        List<String> lines = Files.readAllLines(PROPERTIES);

        assertThat(WadiSettings.ALL)
                .filteredOn(setting -> !setting.allowed().contains("text"))
                .allSatisfy(setting -> assertThat(
                                lines.get(lines.indexOf(setting.name() + "=" + setting.defaultText()) - 1))
                        .containsPattern(ALLOWED));
    }

    @Test
    void file_namesNothingElse() throws IOException {
        Properties shipped = new Properties();
        shipped.load(new StringReader(Files.readString(PROPERTIES)));

        assertThat(shipped.stringPropertyNames())
                .filteredOn(name -> name.startsWith("wadi."))
                .containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void file_setsNothingTwice() throws IOException {
        assertThat(Files.readAllLines(PROPERTIES))
                .filteredOn(line -> line.contains("=") && !line.startsWith("#"))
                .extracting(line -> line.substring(0, line.indexOf('=')))
                .doesNotHaveDuplicates();
    }

    @Test
    void all_holdsEveryDeclaredSetting() {
        assertThat(declared().values()).containsExactlyInAnyOrderElementsOf(WadiSettings.ALL);
        assertThat(names()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void setting_isNamedAndDefaultsAsItsRulesSay(Setting<?> setting) {
        assertThat(setting.name()).matches("wadi(\\.[a-z]+(-[a-z]+)*)+");
        assertThat(setting.description()).endsWith(".");
        assertThat(setting.parser().apply(setting.defaultText())).isNotNull();
    }

    @Test
    void placeholder_ofARouteOrOfTheFile_isDeclared() throws IOException {
        assertThat(placeholders()).isSubsetOf(names());
    }

    @Test
    void setting_isUsed() throws IOException {
        Set<String> placeholders = placeholders();
        StringBuilder parts = new StringBuilder();
        for (Path each : PARTS) {
            parts.append(Files.readString(each));
        }

        assertThat(declared())
                .isNotEmpty()
                .allSatisfy((constant, setting) -> assertThat(placeholders.contains(setting.name())
                                || Pattern.compile("WadiSettings\\." + constant + "\\b")
                                        .matcher(parts)
                                        .find())
                        .as("%s is used in routes or in %s", setting.name(), PARTS)
                        .isTrue());
    }

    private static List<String> names() {
        return WadiSettings.ALL.stream().<String>map(Setting::name).toList();
    }

    private static Map<String, Setting<?>> declared() {
        return Stream.of(WadiSettings.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Setting.class)
                .collect(Collectors.toMap(Field::getName, ShippedConfigurationTest::value));
    }

    private static Setting<?> value(Field field) {
        try {
            return (Setting<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** Every {@code {{wadi.*}}} of the routes and of application.properties itself, comments included. */
    private static Set<String> placeholders() throws IOException {
        List<Path> files = new ArrayList<>(List.of(PROPERTIES));
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            routes.forEach(files::add);
        }
        Set<String> found = new TreeSet<>();
        for (Path file : files) {
            PLACEHOLDER
                    .matcher(Files.readString(file))
                    .results()
                    .map((MatchResult match) -> match.group(1))
                    .forEach(found::add);
        }
        return found;
    }
}
