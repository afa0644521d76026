package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.Features;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shipped files ({@code application.properties}, {@code routes/}) and declared settings ({@link Features#settings})
 * match.
 */
final class ShippedConfigurationTest {
    private static final Path PROPERTIES = Path.of("application.properties");
    private static final Path MAIN = Path.of("src/main/java");
    private static final String DECLARATION = "public static final Setting<";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\??(wadi\\.[^}:]+)[^}]*}}");
    private static final Pattern CONSTANT = Pattern.compile("\\b\\w+\\.[A-Z0-9_]+\\b");
    private static final Pattern ALLOWED = Pattern.compile(" Allowed: (.+)\\.$");

    static List<Setting<?>> settings() {
        return Features.settings();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void setting_isInTheFile_withItsDefaultAndDescription(Setting<?> setting) throws IOException {
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
    void comment_ofASettingWithARange_containsIt() throws IOException {
        List<String> lines = Files.readAllLines(PROPERTIES);

        assertThat(Features.settings())
                .filteredOn(setting -> !setting.allowed().contains("text"))
                .allSatisfy(setting -> assertThat(
                                lines.get(lines.indexOf(setting.name() + "=" + setting.defaultText()) - 1))
                        .containsPattern(ALLOWED));
    }

    @Test
    void file_containsOnlyDeclaredSettings() throws IOException {
        Properties shipped = new Properties();
        shipped.load(new StringReader(Files.readString(PROPERTIES)));

        assertThat(shipped.stringPropertyNames())
                .filteredOn(name -> name.startsWith("wadi."))
                .containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void file_setsEachPropertyOnce() throws IOException {
        assertThat(Files.readAllLines(PROPERTIES))
                .filteredOn(line -> line.contains("=") && !line.startsWith("#"))
                .extracting(line -> line.substring(0, line.indexOf('=')))
                .doesNotHaveDuplicates();
    }

    @Test
    void features_provideEachDeclaredSetting() throws IOException {
        assertThat(declared().values()).containsExactlyInAnyOrderElementsOf(Features.settings());
        assertThat(names()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void setting_hasAValidNameDescriptionAndDefault(Setting<?> setting) {
        assertThat(setting.name()).matches("wadi(\\.[a-z]+(-[a-z]+)*)+");
        assertThat(setting.description()).endsWith(".");
        assertThat(setting.parser().apply(setting.defaultText())).isNotNull();
    }

    @Test
    void placeholder_ofARouteOrOfTheFile_isDeclared() throws IOException {
        assertThat(placeholders()).isSubsetOf(names());
    }

    /** A setting is used by a route, or by a class other than the one that declares it. */
    @Test
    void setting_isUsedInCode() throws IOException {
        Set<String> placeholders = placeholders();
        Set<String> constants = new HashSet<>();
        for (Path each : sources("(?!\\w*Settings\\.java)\\w+\\.java")) {
            CONSTANT.matcher(Files.readString(each))
                    .results()
                    .map(MatchResult::group)
                    .forEach(constants::add);
        }

        assertThat(declared())
                .isNotEmpty()
                .allSatisfy((constant, setting) -> assertThat(
                                placeholders.contains(setting.name()) || constants.contains(constant))
                        .as("%s is used in routes or by a class", constant)
                        .isTrue());
    }

    private static List<String> names() {
        return Features.settings().stream().<String>map(Setting::name).toList();
    }

    /** Returns the settings by class and constant. */
    private static Map<String, Setting<?>> declared() throws IOException {
        Map<String, Setting<?>> declared = new TreeMap<>();
        for (Path source : sources("\\w+Settings\\.java")) {
            if (Files.readString(source).contains(DECLARATION)) {
                Class<?> type = type(source);
                Stream.of(type.getFields())
                        .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Setting.class)
                        .forEach(field -> declared.put(type.getSimpleName() + "." + field.getName(), value(field)));
            }
        }
        return declared;
    }

    private static List<Path> sources(String name) throws IOException {
        try (Stream<Path> all = Files.walk(MAIN)) {
            return all.filter(file -> file.getFileName().toString().matches(name))
                    .toList();
        }
    }

    private static Class<?> type(Path source) {
        String name = MAIN.relativize(source).toString().replace(".java", "").replace('/', '.');
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Setting<?> value(Field field) {
        try {
            return (Setting<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns every {@code {{wadi.*}}} of the routes and of application.properties, including those in comments. */
    private static Set<String> placeholders() throws IOException {
        List<Path> files = new ArrayList<>(List.of(PROPERTIES));
        for (String directory : List.of("routes", "examples/routes")) {
            try (Stream<Path> routes = Files.list(Path.of(directory))) {
                routes.forEach(files::add);
            }
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
