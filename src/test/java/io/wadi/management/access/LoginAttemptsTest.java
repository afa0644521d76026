package io.wadi.management.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.limits.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoginAttemptsTest {
    private final ManualTime clock = new ManualTime();
    private final LoginAttempts attempts = new LoginAttempts(clock, 10_000);

    private static InetAddress network(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    }

    private int failures(String user, InetAddress network) {
        int count = 0;
        while (attempts.begin(user, network).isAllowed()) {
            count++;
            assertThat(count).isLessThan(1_000);
        }
        return count;
    }

    @Test
    void oneNetwork_isLimitedToTenFailures_withAnyNames() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(attempts.begin("user-" + i, network(1)).isAllowed()).isTrue();
        }
        assertThat(attempts.begin("otto", network(1)).retryAfter()).isEqualTo(Duration.ofSeconds(6));
        assertThat(attempts.begin("otto", network(2)).isAllowed()).isTrue();
    }

    @Test
    void oneUserOfOneNetwork_mayTryOnceAMinute_afterTenFailures() throws Exception {
        assertThat(failures("otto", network(1))).isEqualTo(10);
        clock.pass(Duration.ofSeconds(59));
        assertThat(attempts.begin("otto", network(1)).isAllowed()).isFalse();
        assertThat(attempts.begin("vera", network(1)).isAllowed()).isTrue();
        clock.pass(Duration.ofSeconds(1));
        assertThat(attempts.begin("otto", network(1)).isAllowed()).isTrue();
    }

    @Test
    void oneNetwork_neverLocksAUserOutForOthers() throws Exception {
        for (int minute = 0; minute < 600; minute++) {
            failures("otto", network(1));
            clock.pass(Duration.ofMinutes(1));
        }
        assertThat(attempts.delay("otto", network(2))).isZero();
    }

    @Test
    void failuresFromManyNetworks_lockAUserOut_exceptFromAKnownNetwork() throws Exception {
        InetAddress home = network(1);
        attempts.succeeded(attempts.begin("otto", home));
        int guesses = 0;
        for (int i = 2; i < 100; i++) {
            guesses += failures("otto", network(i));
        }
        assertThat(guesses).isEqualTo(100);
        assertThat(attempts.delay("otto", network(200))).isEqualTo(Duration.ofSeconds(30));
        assertThat(attempts.delay("otto", home)).isZero();
        assertThat(attempts.delay("vera", network(200))).isZero();
        clock.pass(Duration.ofSeconds(30));
        assertThat(attempts.delay("otto", network(200))).isZero();
    }

    @Test
    void failedLogins_doNotExtendTheTimeForWhichANetworkIsKnown() throws Exception {
        InetAddress home = network(1);
        attempts.succeeded(attempts.begin("otto", home));
        for (int day = 0; day < 31; day++) {
            assertThat(attempts.begin("otto", home).isAllowed()).isTrue();
            clock.pass(Duration.ofDays(1));
        }

        for (int i = 2; i < 100; i++) {
            failures("otto", network(i));
        }
        assertThat(attempts.delay("otto", home)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void unknownNames_fromAnExhaustedNetwork_doNotDisplaceCounts() throws Exception {
        LoginAttempts few = new LoginAttempts(clock, 100);
        for (int i = 1; i <= 10; i++) {
            for (int time = 0; time < 10; time++) {
                assertThat(few.begin("otto", network(i)).isAllowed()).isTrue();
            }
        }
        for (int i = 0; i < 100_000; i++) {
            few.delay("x" + i % 200, network(1));
            few.begin("x" + i % 200, network(1));
        }
        assertThat(few.delay("otto", network(11))).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void success_doesNotCountAsFailure() throws Exception {
        for (int i = 0; i < 100; i++) {
            LoginAttempts.Attempt attempt = attempts.begin("otto", network(1));
            assertThat(attempt.isAllowed()).isTrue();
            attempts.succeeded(attempt);
        }
    }
}
