public import FaultKit

/// The faults that ship with the server.
public enum Faults {
    /// Each of them, by name.
    public static let all: [any Fault.Type] = [
        CorruptImage.self,
        DamageSignature.self,
        Delay.self,
        Expired.self,
        Flip.self,
        Slice.self,
        Stall.self,
        Status.self,
        Throttle.self,
        Truncate.self,
        Unsigned.self,
        WrongLength.self,
        WrongName.self,
        WrongSigningKey.self,
    ]
}
