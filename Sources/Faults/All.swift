public import FaultKit

/// The faults that ship with the server.
public enum Faults {
    /// Each of them, by name.
    public static let all: [any Fault.Type] = [
        CancellingFlips.self,
        CorruptImage.self,
        CutImage.self,
        DamageSector.self,
        DamageSignature.self,
        Delay.self,
        Expired.self,
        Flip.self,
        GzippedImage.self,
        HashAppended.self,
        MixBuilds.self,
        Oversize.self,
        RandomBytes.self,
        Slice.self,
        Stall.self,
        Status.self,
        Throttle.self,
        Truncate.self,
        Unsigned.self,
        WebPage.self,
        WrongChecksum.self,
        WrongDigest.self,
        WrongLength.self,
        WrongName.self,
        WrongSigningKey.self,
    ]
}
