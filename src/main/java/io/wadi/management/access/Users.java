package io.wadi.management.access;

import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The users of a users file. Immutable. */
public final class Users {
    public static final Users NONE = new Users(Map.of());

    private static final String NAME = "[A-Za-z0-9._@-]{1,64}";

    private final Map<String, User> users;

    /** The highest cost of the hashes, which determines the rounds of each verification. */
    private final int maxCost;

    private record User(Caller caller, String hash) {}

    private Users(Map<String, User> users) {
        this.users = Map.copyOf(users);
        this.maxCost = users.values().stream()
                .mapToInt(user -> PasswordHash.cost(user.hash()))
                .max()
                .orElse(PasswordHash.COST);
    }

    /**
     * Parses a users file.
     *
     * @throws IllegalArgumentException if there are errors; the message contains all of them, one per line, each with
     *     its line number
     */
    public static Users parse(byte[] yaml) {
        List<String> errors = new ArrayList<>();
        Map<String, User> users = new HashMap<>();
        YamlFields.of("users.yaml", FileText.of("users.yaml", yaml), errors).ifPresent(root -> {
            List<YamlFields> entries = root.mappings("users", "name");
            entries.forEach(fields -> read(fields, users));
            root.end();
            if (entries.isEmpty() && errors.isEmpty()) {
                root.refuse("users", "is empty: expected at least one user");
            }
        });
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), errors));
        }
        return new Users(users);
    }

    private static void read(YamlFields fields, Map<String, User> users) {
        Optional<String> name =
                fields.required("name", "1 to 64 of A-Z a-z 0-9 . _ @ -", text -> Units.matching(text, NAME));
        Optional<Role> role = fields.required("role", "view and operate", Role::of);
        // The error does not quote the value, since it may be a password.
        Optional<String> hash = fields.required("bcrypt", "a hash created by ./wadi users hash", text -> text);
        if (hash.isPresent() && !PasswordHash.isValid(hash.get())) {
            fields.refuse("bcrypt", "is not a bcrypt hash of cost 10 to 16: create one with ./wadi users hash");
        }
        fields.end();
        if (name.isPresent() && role.isPresent() && hash.isPresent()) {
            User user = new User(new Caller(name.get(), role.get()), hash.get());
            if (users.putIfAbsent(name.get(), user) != null) {
                fields.refuse("is a duplicate name");
            }
        }
    }

    /**
     * Verifies a password. Takes some tenths of a second, and the same number of rounds for each name, so that the
     * duration does not reveal which users exist.
     */
    Optional<Caller> verify(String name, byte[] password) {
        boolean matches = false;
        for (String hash : verifiedHashes(name)) {
            matches |= PasswordHash.matches(hash, password) && hash.equals(hashOf(name));
        }
        return matches ? Optional.of(users.get(name).caller()) : Optional.empty();
    }

    /** Returns the hashes that are verified for a name. Their rounds together are those of the highest cost. */
    List<String> verifiedHashes(String name) {
        User user = users.get(name);
        if (user == null) {
            return List.of(PasswordHash.dummy(maxCost));
        }
        List<String> hashes = new ArrayList<>(List.of(user.hash()));
        // Each cost doubles the rounds: 2^c, and again 2^c + … + 2^(max-1), are 2^max.
        for (int cost = PasswordHash.cost(user.hash()); cost < maxCost; cost++) {
            hashes.add(PasswordHash.dummy(cost));
        }
        return hashes;
    }

    /** Returns the user with this name and hash; empty after the user was removed or the password changed. */
    Optional<Caller> find(String name, String hash) {
        return Optional.ofNullable(users.get(name))
                .filter(user -> user.hash().equals(hash))
                .map(User::caller);
    }

    /** Returns the hash of a user's password; empty for an unknown user. */
    String hashOf(String name) {
        return Optional.ofNullable(users.get(name)).map(User::hash).orElse("");
    }
}
