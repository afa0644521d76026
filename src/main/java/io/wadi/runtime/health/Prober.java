package io.wadi.runtime.health;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one server for proof, again and again, on a thread of its own: so there is never more than one question under way, and
 * a server that does not answer holds up this thread and nothing else.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
    private static final long END_WITHIN_MS = 2000;
    private static final long AT_FIRST_MS = 200;

    private final String server;
    private final List<Question> questions;
    private final Duration every;
    private final Map<Question, HealthState.State> told = new HashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** One way to ask for proof. Used on one thread. */
    public interface Probe extends AutoCloseable {
        /** Asks. Whatever fails is a fault that says what it is; what is needed again is made anew by the next look. */
        CheckResult look() throws InterruptedException;

        /** Lets go of connections, without waiting for the server. */
        @Override
        default void close() {}
    }

    /**
     * A probe and where its findings go.
     *
     * @param check for the log: the check that is told
     */
    public record Question(String check, Probe probe, MonitoredDependency watched) {}

    /** Takes what is asked, one after another, and the pause after the last. */
    public Prober(String server, Duration every, List<Question> questions) {
        this.server = server;
        this.every = every;
        this.questions = List.copyOf(questions);
        this.thread = new Thread(this::run, "wadi-health-" + server);
        thread.setDaemon(true);
    }

    /** Begins; does nothing where it has begun. */
    public synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    private void run() {
        try {
            do {
                for (Question each : questions) {
                    ask(each);
                }
            } while (!closed.await(pauseMs(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("{} is asked no more", server);
        } finally {
            letGo();
        }
    }

    /** The interrupt was for the question under way: clients are closed in order. */
    private void letGo() {
        if (Thread.interrupted()) {
            LOG.debug("{} is asked no more", server);
        }
        for (Question each : questions) {
            try {
                each.probe().close();
            } catch (RuntimeException e) {
                LOG.debug("{}: {} was not closed in order", server, each.check(), e);
            }
        }
    }

    /** Shorter until all is proven once: at a start, health waits for that. */
    private long pauseMs() {
        boolean allProven =
                questions.stream().allMatch(each -> each.watched().now().proof() != null);
        return allProven ? every.toMillis() : Math.min(every.toMillis(), AT_FIRST_MS);
    }

    private void ask(Question question) throws InterruptedException {
        question.watched().asking();
        CheckResult finding;
        try {
            finding = question.probe().look();
        } catch (RuntimeException e) {
            LOG.debug("{}: {} failed", server, question.check(), e);
            finding = CheckResult.fault(e.toString());
        }
        if (closed.getCount() > 0) {
            tell(question, question.watched().answered(finding));
        }
    }

    /** What has never been well is told once it has lasted: at a start others are not there yet. */
    private void tell(Question question, HealthState now) {
        boolean isNews = told.get(question) != now.state()
                && (now.proof() != null
                        || !now.heard()
                                .isBefore(now.since()
                                        .plus(question.watched().patience().downAfter())));
        if (!isNews) {
            return;
        }
        told.put(question, now.state());
        if (now.isUp()) {
            LOG.info("health: {} is up since {}: {}", question.check(), now.since(), now.proof());
        } else {
            LOG.warn("health: {} is down since {}: {}", question.check(), now.since(), now.fault());
        }
    }

    /** Asks no more. Waits a moment for the end of a question that is under way, which is interrupted. */
    @Override
    public synchronized void close() throws InterruptedException {
        closed.countDown();
        if (thread.getState() != Thread.State.NEW) {
            thread.interrupt();
            thread.join(END_WITHIN_MS);
        }
    }
}
