package io.wadi.extension.cards.flow;

import io.wadi.extension.cards.model.ModelException;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.extension.cards.model.ModelStore.Choice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running models: the selected models of the store, if they are valid. If a selected model is invalid, this is
 * logged once and the previous model is kept. While the store is unavailable, both models are kept. Thread-safe.
 */
public final class ActiveModels {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveModels.class);

    private final ModelStore store;
    private volatile Models current = new Models(null, null);
    private volatile List<String> problems = List.of();
    /** The selection as last read from the store; guarded by this. */
    private Choice chosen = Choice.NONE;

    private boolean isUnavailable;
    private boolean isRead;

    /**
     * The pair of running models; each may be null.
     *
     * @param active the model that determines the decision
     * @param shadow the model that is evaluated for comparison only
     */
    record Models(BoundModel active, BoundModel shadow) {}

    /** Creates the holder without running models; {@link #reload} reads the store. */
    public ActiveModels(ModelStore store) {
        this.store = store;
    }

    Models current() {
        return current;
    }

    /** Returns the version of the active model; 0 for none. */
    public int version() {
        return version(current.active());
    }

    /** Returns the version of the shadow model; 0 for none. */
    public int shadow() {
        return version(current.shadow());
    }

    private static int version(BoundModel model) {
        return model == null ? 0 : model.version();
    }

    /** Returns a health message if a selected model is not running. */
    public Optional<String> problem() {
        List<String> now = problems;
        return now.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", now));
    }

    /** Returns whether the store was available at an earlier {@link #reload}. */
    synchronized boolean isRead() {
        return isRead;
    }

    /** Reads the selection and activates its models if they are valid. */
    public synchronized void reload() {
        List<String> wrong = new ArrayList<>();
        try {
            Choice choice = store.choice();
            if (!choice.equals(chosen) || !problems.isEmpty()) {
                take(choice, wrong);
                chosen = choice;
            }
            isUnavailable = false;
        } catch (IOException e) {
            unavailable(e);
            return;
        } catch (ModelException e) {
            wrong.add(e.getMessage() + "; keeping the running models");
        }
        isRead = true;
        wrong.stream().filter(each -> !problems.contains(each)).forEach(each -> LOG.warn("{}", each));
        problems = List.copyOf(wrong);
    }

    /**
     * Reports that the store is unavailable. It is logged once per outage, because the message may differ at each
     * attempt.
     */
    private void unavailable(IOException e) {
        String why = "%s: reading failed%s: %s"
                .formatted(store.place(), isRead ? ", keeping the running models" : "", e.getMessage());
        if (!isUnavailable) {
            LOG.warn("{}", why);
        }
        isUnavailable = true;
        problems = List.of(why);
    }

    private void take(Choice choice, List<String> wrong) throws IOException {
        Models before = current;
        BoundModel active = active(choice, before.active(), wrong);
        BoundModel shadow = choice.shadow() == 0 ? null : read(choice.shadow(), before.shadow(), "the shadow", wrong);
        current = new Models(active, shadow);
        if (version(active) != version(before.active())) {
            log(version(active), "active", "no model is active: decisions are by rules alone");
        }
        if (version(shadow) != version(before.shadow())) {
            log(version(shadow), "the shadow", "the shadow model is off");
        }
    }

    private static void log(int version, String as, String off) {
        if (version == 0) {
            LOG.info("Card payments: {}", off);
        } else {
            LOG.info("Card payments: model version {} is now {}", version, as);
        }
    }

    private BoundModel active(Choice choice, BoundModel before, List<String> wrong) throws IOException {
        if (choice.active() == 0) {
            return null;
        }
        BoundModel found = read(choice.active(), before, "active", wrong);
        // After a start there is no running model to keep, so the previous version in the selection is read.
        return found == null && choice.before() != 0 ? read(choice.before(), null, "active", wrong) : found;
    }

    /** Reads a version. If it is invalid, adds the reason to {@code wrong} and returns the running model. */
    private BoundModel read(int version, BoundModel before, String as, List<String> wrong) throws IOException {
        if (version == version(before)) {
            return before;
        }
        try {
            return new BoundModel(store.read(version));
        } catch (ModelException e) {
            wrong.add("%s. Rejected version %d; %s %s"
                    .formatted(
                            e.getMessage(),
                            version,
                            before == null
                                    ? "no model or the previous one is"
                                    : "version " + before.version() + " stays",
                            as));
            return before;
        }
    }
}
