package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.testing.OtherLocale;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UsersTest {
    private static final String HASH = PasswordHash.of("correct horse".toCharArray());

    private static Users users(String... lines) {
        return Users.parse(("users:\n" + String.join("\n", lines) + "\n").getBytes(UTF_8));
    }

    @Test
    void user_isVerifiedByPassword() {
        Users users = users("  - {name: otto, role: operate, bcrypt: \"%s\"}".formatted(HASH));

        assertThat(users.verify("otto", "correct horse".getBytes(UTF_8))).contains(new Caller("otto", Role.OPERATE));
        assertThat(users.verify("otto", "correct horsE".getBytes(UTF_8))).isEmpty();
        assertThat(users.verify("ott", "correct horse".getBytes(UTF_8))).isEmpty();
        assertThat(users.verify("otto", new byte[0])).isEmpty();
    }

    @Test
    void password_isVerifiedWithTheSameRoundsForEachName() {
        String cheap = "  - {name: otto, role: view, bcrypt: \"%s\"}".formatted(HASH.replace("$12$", "$10$"));
        String costly = "  - {name: nora, role: view, bcrypt: \"%s\"}".formatted(HASH);

        assertThat(rounds(users(cheap), "otto")).isEqualTo(1 << 10);
        assertThat(rounds(users(cheap), "unknown")).isEqualTo(1 << 10);
        for (String name : List.of("otto", "nora", "unknown")) {
            assertThat(rounds(users(cheap, costly), name)).as(name).isEqualTo(1 << 12);
        }
        assertThat(rounds(Users.NONE, "unknown")).isEqualTo(1 << 12);
    }

    private static int rounds(Users users, String name) {
        return users.verifiedHashes(name).stream()
                .mapToInt(hash -> 1 << PasswordHash.cost(hash))
                .sum();
    }

    @Test
    void mistakes_areReportedTogether_withTheirLines_withoutHashes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(
                        "  - {name: a b, role: view, bcrypt: \"%s\"}".formatted(HASH),
                        "  - {name: vera, role: admin, bcrypt: \"%s\"}".formatted(HASH),
                        "  - {name: otto, role: view, bcrypt: \"my secret\"}",
                        "  - {name: nora, role: view, bcrypt: \"%s\", rights: all}".formatted(HASH)))
                .satisfies(refused -> assertThat(refused.getMessage().lines())
                        .hasSize(4)
                        .allSatisfy(line -> assertThat(line).startsWith("users.yaml line "))
                        .noneMatch(line -> line.contains("secret")));
        assertThatIllegalArgumentException().isThrownBy(() -> users("  []"));
    }

    @Test
    void password_hasAMinimumAndMaximumLength() {
        assertThat(PasswordHash.of("12345678".toCharArray())).startsWith("$2a$12$");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PasswordHash.of("1234567".toCharArray()))
                .withMessageContaining("7 characters")
                .withMessageNotContaining("1234567");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PasswordHash.of("ä".repeat(37).toCharArray()));
        assertThat(PasswordHash.isValid(PasswordHash.dummy(10))).isTrue();
    }

    /** The verification of an invalid hash ends at once, which reveals that the user does not exist. */
    @Test
    void dummy_isAValidHashInAnyLocale() throws Exception {
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(PasswordHash.isValid(PasswordHash.dummy(12))).isTrue();
        });
    }
}
