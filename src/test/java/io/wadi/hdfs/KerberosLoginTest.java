package io.wadi.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.Test;

/** Failed login attempts, without a Kerberos server. */
final class KerberosLoginTest {
    private final UserGroupInformation user = UserGroupInformation.createRemoteUser("wadi");

    /** Otherwise the renewals would end without a message, and operations would fail once the ticket has expired. */
    @Test
    void errorOfTheFirstAttempt_andOfALaterOne_isRetried() {
        AtomicInteger attempts = new AtomicInteger();
        try (KerberosLogin login = new KerberosLogin(
                "wadi@EXAMPLE.COM", "wadi.keytab", Duration.ofSeconds(30), Duration.ofMillis(1), () -> {
                    if (attempts.incrementAndGet() <= 2) {
                        throw new NoClassDefFoundError("of this test");
                    }
                    return user;
                })) {
            await().ignoreExceptionsInstanceOf(IOException.class).until(login::user, user::equals);

            assertThat(attempts).hasValue(3);
        }
    }
}
