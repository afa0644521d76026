package io.wadi;

import io.wadi.management.access.PasswordHash;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * {@code ./wadi users hash NAME}: asks for a password, without showing it, or takes the first line of standard input, and prints
 * the user's line for {@code users.yaml}, which holds its hash. The password is no argument, which others on the machine could see.
 * Nothing is kept and nothing is changed.
 *
 * <p>Exit codes: 0 made, 2 not understood or not allowed, which standard error says in a line.
 */
final class UsersCommand {
    private static final String USAGE = "Usage: ./wadi users hash NAME [--role view|operate]";

    private String name;
    private String role = "view";

    private UsersCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(System.in, System.console(), args));
    }

    /** The command that these arguments ask for; a console is null where there is none. */
    static Commands.Given given(InputStream in, Console console, String... args) {
        return new Commands.Given("Could not make a hash", out -> parse(args).run(in, console, out));
    }

    private static UsersCommand parse(String... args) {
        UsersCommand command = new UsersCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (!"hash".equals(left.poll())) {
            throw new IllegalArgumentException(USAGE);
        }
        while (!left.isEmpty()) {
            String word = left.remove();
            if (word.equals("--role")) {
                command.role = Commands.valueOf(word, left, USAGE);
                if (!List.of("view", "operate").contains(command.role)) {
                    throw new IllegalArgumentException("--role: found \"" + command.role + "\". " + USAGE);
                }
            } else if (command.name == null && word.matches("[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}")) {
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

    private int run(InputStream in, Console console, PrintStream out) throws IOException {
        char[] password = console == null ? firstLine(in) : console.readPassword("Password of %s: ", name);
        if (password == null) {
            throw new IllegalArgumentException(
                    "There is no password: type it, or give it as a line of standard input.");
        }
        String hash = PasswordHash.of(password);
        Arrays.fill(password, ' ');
        out.println("  # Below users: in the file of wadi.management.users-file; it is the password's hash.");
        out.printf("  - {name: \"%s\", role: %s, bcrypt: \"%s\"}%n", name, role, hash);
        return 0;
    }

    private static char[] firstLine(InputStream in) throws IOException {
        String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? null : line.toCharArray();
    }
}
