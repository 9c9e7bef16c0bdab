import FaultKit

extension Multipart {
    /// With a boundary that depends on the content alone, and is too long to occur in it by chance.
    init(tag: EntityTag) {
        var print = Fingerprint()
        print.add(tag.description.utf8)
        var dice = Dice(seed: print.value)
        self.init(boundary: "faultserve-\(dice.next().hexadecimal)-\(dice.next().hexadecimal)")
    }
}
