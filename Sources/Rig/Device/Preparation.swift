public import FaultServer

/// How a device that keeps its flash between runs becomes as if it were new.
public enum Preparation {
    /// The version that a device comes with, in every profile.
    public static let version = "1.0.0"
    /// The version of what is offered, unless a profile edits it.
    public static let offered = "2.0.0"

    /// Two honest updates, or three. The last one makes version 1.0.0 run; the first one makes it another
    /// version than what ran before, which stock methods do not install again, and between them they write
    /// both entries of otadata, so that none remembers an app that was rolled back. The middle one takes
    /// place if 1.0.0 would come to run in the last slot: from there the next update goes to the first one,
    /// and if that does not boot, the bootloader tries `factory` before it comes to the last again.
    public static func profile(_ catalogue: Catalogue) throws -> Profile {
        try Profile.read(
            """
            name: as-new
            story: The device is made as if it were new.
            steps:
              - story: "as new: an honest update to 0.9.0"
                offer: { version: 0.9.0 }
                restart: yes
              - story: "as new: an honest update to 0.9.1"
                offer: { version: 0.9.1 }
              - story: "as new: an honest update to \(self.version)"
                offer: { version: \(self.version) }
            """, file: "as-new", catalogue: catalogue)
    }
}
