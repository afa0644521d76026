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
 * The models that are asked now: those that the store's choice names, as far as they can be used. One that cannot is said once
 * in the log, and the one before stays; so do both while the store is away. Thread-safe.
 */
public final class ActiveModels {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveModels.class);

    private final ModelStore store;
    private volatile Asked asked = new Asked(null, null);
    private volatile List<String> complaints = List.of();
    /** What was chosen at the last look that found the store; guarded by this. */
    private Choice chosen = Choice.NONE;

    private boolean isAway;

    /**
     * Who is asked; each may be null.
     *
     * @param inForce whose verdict counts
     * @param shadow whose verdict is compared with it
     */
    record Asked(BoundModel inForce, BoundModel shadow) {}

    /** Looks at nothing yet: no model is in force. */
    public ActiveModels(ModelStore store) {
        this.store = store;
    }

    Asked asked() {
        return asked;
    }

    /** The version in force; 0 for none. */
    public int version() {
        return version(asked.inForce());
    }

    /** The version of the shadow; 0 for none. */
    public int shadow() {
        return version(asked.shadow());
    }

    private static int version(BoundModel model) {
        return model == null ? 0 : model.version();
    }

    /** What somebody should see to; nothing where what is chosen is asked. */
    public Optional<String> complaint() {
        List<String> now = complaints;
        return now.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", now));
    }

    /** Looks whether others are chosen, and takes them over where they can be used. */
    public synchronized void look() {
        List<String> wrong = new ArrayList<>();
        try {
            Choice choice = store.choice();
            if (!choice.equals(chosen) || !complaints.isEmpty()) {
                take(choice, wrong);
                chosen = choice;
            }
            isAway = false;
        } catch (IOException e) {
            away(e);
            return;
        } catch (ModelException e) {
            wrong.add(e.getMessage() + "; models stay as they are");
        }
        wrong.stream().filter(each -> !complaints.contains(each)).forEach(each -> LOG.warn("{}", each));
        complaints = List.copyOf(wrong);
    }

    /** Said once, since what it says changes from look to look. */
    private void away(IOException e) {
        String why = "%s cannot be read, models stay as they are: %s".formatted(store.place(), e.getMessage());
        if (!isAway) {
            LOG.warn("{}", why);
        }
        isAway = true;
        complaints = List.of(why);
    }

    private void take(Choice choice, List<String> wrong) throws IOException {
        Asked before = asked;
        BoundModel inForce = inForce(choice, before.inForce(), wrong);
        BoundModel shadow =
                choice.shadow() == 0 ? null : read(choice.shadow(), before.shadow(), "in the shadow", wrong);
        asked = new Asked(inForce, shadow);
        if (version(inForce) != version(before.inForce())) {
            LOG.info("Card payments: version {} of the model is in force now", version(inForce));
        }
        if (version(shadow) != version(before.shadow())) {
            LOG.info("Card payments: version {} of the model is in the shadow now", version(shadow));
        }
    }

    private BoundModel inForce(Choice choice, BoundModel before, List<String> wrong) throws IOException {
        if (choice.inForce() == 0) {
            return null;
        }
        BoundModel found = read(choice.inForce(), before, "in force", wrong);
        // After a start there is none before: the choice says which was.
        return found == null && choice.before() != 0 ? read(choice.before(), null, "in force", wrong) : found;
    }

    /** The model of a version, or the one before where it cannot be used. */
    private BoundModel read(int version, BoundModel before, String as, List<String> wrong) throws IOException {
        if (version == version(before)) {
            return before;
        }
        try {
            return new BoundModel(store.read(version));
        } catch (ModelException e) {
            wrong.add("%s Version %d is refused; %s %s"
                    .formatted(
                            e.getMessage(),
                            version,
                            before == null ? "none or the one before is" : "version " + before.version() + " stays",
                            as));
            return before;
        }
    }
}
