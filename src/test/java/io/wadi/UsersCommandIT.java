package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.access.Users;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UsersCommandIT {
    private static CommandProcess run(String input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = UsersCommand.given(new ByteArrayInputStream(input.getBytes(UTF_8)), null, args)
                .run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new CommandProcess(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    @Test
    void hash_isALineOfTheUsersFile_withoutThePassword() {
        CommandProcess made = run("correct horse\nmore\n", "hash", "otto", "--role", "operate");

        assertThat(made.code()).isZero();
        List<String> lines = made.out().lines().toList();
        assertThat(lines.get(1)).startsWith("  - {name: \"otto\", role: operate, bcrypt: \"$2a$12$");
        assertThat(made.out()).doesNotContain("correct horse");
        assertThat(Users.parse(("users:\n" + made.out()).getBytes(UTF_8))).isNotNull();
    }

    @Test
    void mistakes_areSaidInALine() {
        assertThat(run("", "hash", "otto").err()).startsWith("There is no password: ");
        assertThat(run("short\n", "hash", "otto").err())
                .contains("5 characters")
                .doesNotContain("short")
                .hasLineCount(1);
        for (String[] args : List.of(
                new String[0],
                new String[] {"hash"},
                new String[] {"hash", "a b"},
                new String[] {"hash", "otto", "--role", "admin"},
                new String[] {"hash", "otto", "correct horse"})) {
            CommandProcess refused = run("correct horse\n", args);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("Usage: ./wadi users hash NAME");
        }
    }
}
