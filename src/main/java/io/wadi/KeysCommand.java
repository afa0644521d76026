package io.wadi;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.TopicPatterns;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code ./wadi keys new NAME}: makes a key for those who send events, prints it once, and prints its line for
 * {@code keys.yaml}, which holds its hash. Nothing is kept and nothing is changed.
 *
 * <p>Exit codes: 0 made, 2 not understood, which standard error says in a line.
 */
final class KeysCommand {
    private static final String USAGE = "Usage: ./wadi keys new NAME [--topics orders,metric.*]";

    private String name;
    private List<String> topics = List.of("*");

    private KeysCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not make a key", out -> run(out, args));
    }

    static int run(PrintStream out, String... args) {
        return parse(args).run(out);
    }

    private static KeysCommand parse(String... args) {
        KeysCommand command = new KeysCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (!"new".equals(left.poll())) {
            throw new IllegalArgumentException(USAGE);
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            if (word.equals("--topics")) {
                command.topics = List.of(Commands.valueOf(word, left, USAGE).split(",", -1));
                TopicPatterns.of(command.topics);
            } else if (command.name == null && !word.startsWith("-")) {
                command.name = word;
            } else {
                throw new IllegalArgumentException("\"" + word + "\" is not understood. " + USAGE);
            }
        }
        if (command.name == null) {
            throw new IllegalArgumentException(USAGE);
        }
        return command;
    }

    private int run(PrintStream out) {
        String key = ApiKey.make(name, new SecureRandom());
        String quoted = topics.stream().map(topic -> '"' + topic + '"').collect(Collectors.joining(", "));
        out.println("The key, shown this once, for those who send (Authorization: Bearer KEY, or X-API-Key: KEY):");
        out.println("  " + key);
        out.println("The line for the file of wadi.intake.keys-file, below keys: (it has the key's hash only):");
        out.printf("  - {name: %s, sha256: [\"%s\"], topics: [%s]}%n", name, ApiKey.hashOf(key), quoted);
        out.println(
                "To replace a key, add the hash to its line as a second one; take the old one out when nobody uses it any more.");
        return 0;
    }
}
