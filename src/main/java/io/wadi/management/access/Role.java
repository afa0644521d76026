package io.wadi.management.access;

import java.util.Locale;

/** The role of a user or token. */
public enum Role {
    /** Reads everything. */
    VIEW,
    /** Reads everything and changes what runs. */
    OPERATE;

    /** Returns the role of a {@link #word}; throws {@link IllegalArgumentException} if there is none. */
    static Role of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        throw new IllegalArgumentException(word);
    }

    /** Returns the name of the role in files and responses, such as {@code view}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean mayChange() {
        return this == OPERATE;
    }
}
