package io.wadi.cli;

import io.wadi.management.access.PasswordHash;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi users}: makes lines for users.yaml. Nothing is kept and nothing is changed. */
@Command(
        description = "Makes users of the management port.",
        exitCodeList = {"0:done", "2:the arguments or the password are not accepted"})
final class UsersCommand extends OperatorCommand {
    private static final List<String> ROLES = List.of("view", "operate");

    UsersCommand(Terminal terminal) {
        super(terminal, "Could not make a hash");
    }

    @Command(
            description = {
                "Asks for a password, or takes the first line of standard input, and prints the user's line for users.yaml, which has the password's hash.",
                "The password is not an argument, because other users of the machine could read it."
            })
    int hash(
            @Parameters(paramLabel = "NAME", description = "The user's name.") String name,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "view",
                            description = "view or operate (default: ${DEFAULT-VALUE})")
                    String role)
            throws IOException {
        if (!ROLES.contains(role)) {
            throw mistake("--role is \"%s\", not one of %s".formatted(role, String.join(", ", ROLES)));
        }
        if (!name.matches("[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}")) {
            throw mistake("\"%s\" cannot be a user's name".formatted(name));
        }
        Console console = terminal().console();
        char[] password = console == null ? firstLine(terminal().in()) : console.readPassword("Password of %s: ", name);
        if (password == null) {
            throw new IllegalArgumentException(
                    "There is no password: type it, or give it as a line of standard input.");
        }
        String hash = PasswordHash.of(password);
        Arrays.fill(password, ' ');
        out().println("  # Below users: in the file of wadi.management.users-file; it is the password's hash.");
        out().printf("  - {name: \"%s\", role: %s, bcrypt: \"%s\"}%n", name, role, hash);
        return 0;
    }

    private static char[] firstLine(InputStream in) throws IOException {
        String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? null : line.toCharArray();
    }
}
