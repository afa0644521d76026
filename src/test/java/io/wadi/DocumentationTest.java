package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.MarkdownBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation: links, sizes of pages, and the questions in {@code docs/README.md}. */
class DocumentationTest {
    private static final Path README = Path.of("README.md");
    private static final Path MAP = Path.of("docs/README.md");
    private static final int README_LINES = 150;
    private static final int PAGE_LINES = 600;
    private static final Set<Path> GENERATED =
            Set.of(Path.of("docs/reference/cli.md"), Path.of("docs/reference/configuration.md"));
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern TEST = Pattern.compile("`([A-Z][a-z]\\w*(?:Test|IT))`");
    private static final Pattern PAGE = Pattern.compile("\\b(docs/[\\w/.-]+\\.md)(?:#([\\w-]+))?");
    private static final Pattern HEADING = Pattern.compile("#+ (.+)");

    @Test
    void eachLink_pointsToAnExistingFileAndHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : MarkdownBlock.pages()) {
            for (String target : links(page)) {
                Path file = file(page, target);
                if (!Files.exists(file)) {
                    broken.add(page + ": " + target + ": no such file");
                } else if (target.contains("#")
                        && file.toString().endsWith(".md")
                        && !anchors(file).contains(target.substring(target.indexOf('#') + 1))) {
                    broken.add(page + ": " + target + ": no such heading");
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void eachPageNamedInCodeOrConfiguration_exists() throws IOException {
        List<String> broken = new ArrayList<>();
        for (String root : List.of("docker", "routes", "examples", "streams", "src/main", "wadi")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    // ISO-8859-1 decodes any file, also pictures.
                    for (MatchResult page : PAGE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .results()
                            .toList()) {
                        Path target = Path.of(page.group(1));
                        if (!Files.exists(target)
                                || (page.group(2) != null && !anchors(target).contains(page.group(2)))) {
                            broken.add(file + ": " + page.group());
                        }
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void eachPage_isWithinTwoLinksOfTheReadme() throws IOException {
        Set<Path> reached = new HashSet<>();
        for (String target : links(README)) {
            Path first = file(README, target);
            reached.add(first);
            if (first.toString().endsWith(".md")) {
                for (String next : links(first)) {
                    reached.add(file(first, next));
                }
            }
        }
        assertThat(MarkdownBlock.pages().stream().filter(page -> page.startsWith("docs")))
                .allMatch(reached::contains);
    }

    @Test
    void questionsOfANewOperator_areWithinTwoLinksOfTheReadme() throws IOException {
        List<String> questions = MarkdownBlock.prose(MAP).stream()
                .filter(line -> line.startsWith("| ") && line.contains("? |"))
                .toList();

        assertThat(questions)
                .hasSizeGreaterThanOrEqualTo(20)
                .allMatch(line -> LINK.matcher(line).find());
        // The first link leads to the map with the questions, the second one to the answer.
        assertThat(links(README)).contains(MAP + "#questions-of-a-new-operator");
    }

    @Test
    void eachTestReferencedByAPage_exists() throws IOException {
        Set<String> classes = new HashSet<>();
        for (Path root : List.of(Path.of("src/test/java"), Path.of("src/bench/java"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.forEach(file -> classes.add(file.getFileName().toString()));
            }
        }
        for (Path page : MarkdownBlock.pages()) {
            assertThat(MarkdownBlock.prose(page).stream()
                            .flatMap(line -> TEST.matcher(line).results().map(test -> test.group(1))))
                    .as(page.toString())
                    .allMatch(test -> classes.contains(test + ".java"));
        }
    }

    @Test
    void readmeAndPages_areShort() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(README_LINES);
        for (Path page : MarkdownBlock.pages()) {
            if (!GENERATED.contains(page)) {
                assertThat(Files.readAllLines(page)).as(page.toString()).hasSizeLessThanOrEqualTo(PAGE_LINES);
            }
        }
    }

    @Test
    void ci_callsTheTestCommandOfReadme() throws IOException {
        assertThat(Files.readString(README)).contains("`./wadi test`");
        assertThat(Files.readString(Path.of(".ci/run"))).endsWith("exec ./wadi test\n");
    }

    private static List<String> links(Path page) throws IOException {
        return MarkdownBlock.prose(page).stream()
                .flatMap(line -> LINK.matcher(line).results().map(link -> link.group(1)))
                .filter(target -> !target.matches("[a-z]+:.*"))
                .toList();
    }

    private static Path file(Path page, String target) {
        String path = target.contains("#") ? target.substring(0, target.indexOf('#')) : target;
        return path.isEmpty() ? page : page.resolveSibling(path).normalize();
    }

    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        MarkdownBlock.prose(page).forEach(line -> {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                anchors.add(heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'));
            }
        });
        return anchors;
    }
}
