package io.wadi.cli;

import io.wadi.management.access.PasswordHash;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi users}: generates lines for users.yaml, without storing them. */
@Command(
        description = "Generates entries for users of the management port.",
        exitCodeList = {"0:done", "2:the arguments or the password are invalid"})
final class UsersCommand extends OperatorCommand {
    private static final List<String> ROLES = List.of("view", "operate");

    UsersCommand(Terminal terminal) {
        super(terminal, "Could not generate a hash");
    }

    @Command(
            description = {
                "Prompts for a password, or reads the first line of standard input, and prints the user's line for users.yaml with the password's hash.",
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
            throw usageError("--role is \"%s\", expected one of %s".formatted(role, String.join(", ", ROLES)));
        }
        if (!name.matches("[A-Za-z0-9._@][A-Za-z0-9._@-]{0,63}")) {
            throw usageError("\"%s\" is not a valid user name".formatted(name));
        }
        char[] password = terminal().password("Password of " + name);
        String hash = PasswordHash.of(password);
        Arrays.fill(password, ' ');
        out().println("  # Below users: in the file of wadi.management.users-file, with the password's hash.");
        out().printf("  - {name: \"%s\", role: %s, bcrypt: \"%s\"}%n", name, role, hash);
        return 0;
    }
}
