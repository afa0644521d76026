package io.wadi.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A fenced block of a page.
 *
 * @param page the file
 * @param number the number of its first line in the page, from 1
 * @param language the language after the fence; empty if there is none
 * @param lines the content
 */
public record MarkdownBlock(Path page, int number, String language, List<String> lines) {
    private static final String FENCE = "```";
    private static final String PROMPT = "$ ";

    /** A command of a block, with the output that the block shows below it. */
    public record Command(String text, List<String> output) {}

    /** Returns all pages of the documentation. */
    public static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path root : List.of(Path.of("docs"), Path.of("docker"), Path.of("examples"), Path.of("streams"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(MarkdownBlock::isPage).forEach(pages::add);
            }
        }
        try (Stream<Path> files = Files.list(Path.of(""))) {
            files.filter(MarkdownBlock::isPage).forEach(pages::add);
        }
        return pages;
    }

    private static boolean isPage(Path file) {
        return file.toString().endsWith(".md");
    }

    /** Returns the blocks of a page in order. */
    public static List<MarkdownBlock> of(Path page) throws IOException {
        List<MarkdownBlock> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(FENCE)) {
                int begin = i + 1;
                do {
                    i++;
                } while (!lines.get(i).startsWith(FENCE));
                String language = lines.get(begin - 1).substring(FENCE.length());
                blocks.add(new MarkdownBlock(page, begin + 1, language, lines.subList(begin, i)));
            }
        }
        return blocks;
    }

    /** Returns the lines outside of blocks. */
    public static List<String> prose(Path page) throws IOException {
        List<String> prose = new ArrayList<>();
        boolean isBlock = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith(FENCE)) {
                isBlock = !isBlock;
            } else if (!isBlock) {
                prose.add(line);
            }
        }
        return prose;
    }

    /** Returns the content as text. */
    public String text() {
        return String.join("\n", lines) + "\n";
    }

    /**
     * Returns the commands of a block: the whole block if its language is {@code sh}, and one for each prompt if it is
     * {@code console}.
     */
    public List<Command> commands() {
        if (language.equals("sh")) {
            return List.of(new Command(text(), List.of()));
        }
        List<Command> commands = new ArrayList<>();
        for (int i = 0; language.equals("console") && i < lines.size(); i++) {
            if (!lines.get(i).startsWith(PROMPT)) {
                throw new IllegalArgumentException(this + ": expected a line that begins with " + PROMPT);
            }
            StringBuilder command = new StringBuilder(lines.get(i).substring(PROMPT.length()));
            while (lines.get(i).endsWith("\\")) {
                i++;
                command.append('\n').append(lines.get(i));
            }
            List<String> output = new ArrayList<>();
            while (i + 1 < lines.size() && !lines.get(i + 1).startsWith(PROMPT)) {
                i++;
                output.add(lines.get(i));
            }
            commands.add(new Command(command.toString(), output));
        }
        return commands;
    }

    @Override
    public String toString() {
        return page + ":" + number;
    }
}
