package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.wadi.management.access.Users;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class UsersCommandTest {
    private static final Pattern OTTO =
            Pattern.compile(" {2}- \\{name: \"otto\", role: operate, bcrypt: \"(\\$2a\\$12\\$[./A-Za-z0-9]{53})\"}");

    private static CommandProcess run(String input, String... args) {
        List<String> words = new ArrayList<>(List.of("users"));
        words.addAll(List.of(args));
        return TestedCommand.run(new ByteArrayInputStream(input.getBytes(UTF_8)), words.toArray(String[]::new));
    }

    @Test
    void hash_printsAUsersFileEntry_withoutThePassword() {
        CommandProcess made = run("correct horse\nmore\n", "hash", "otto", "--role", "operate");

        assertThat(made.code()).isZero();
        assertThat(made.err()).isEmpty();
        assertThat(made.out()).doesNotContain("correct horse");
        List<String> lines = made.out().lines().toList();
        assertThat(lines).hasSize(2);
        Matcher user = OTTO.matcher(lines.get(1));
        assertThat(user.matches()).as(made.out()).isTrue();
        assertThat(isHashOf("correct horse", user.group(1))).isTrue();
        assertThat(isHashOf("correct horse\nmore", user.group(1))).isFalse();
        // Throws if the lines are invalid in a users file.
        Users.parse(("users:\n" + made.out()).getBytes(UTF_8));
    }

    private static boolean isHashOf(String password, String hash) {
        return BCrypt.verifyer().verify(password.getBytes(UTF_8), hash.getBytes(UTF_8)).verified;
    }

    @Test
    void mistakes_areReportedInOneLine() {
        CommandProcess none = run("", "hash", "otto");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).startsWith("No password: ").hasLineCount(1);
        CommandProcess tooShort = run("short\n", "hash", "otto");
        assertThat(tooShort.code()).isEqualTo(2);
        assertThat(tooShort.err())
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
            assertThat(refused.err()).contains("See wadi users ").hasLineCount(1);
            assertThat(refused.out()).isEmpty();
        }
    }
}
