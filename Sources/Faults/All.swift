public import FaultKit

/// The faults that ship with the server.
public enum Faults {
    /// Each of them, by name.
    public static let all: [any Fault.Type] = [
        AppVersion.self,
        ChipRevision.self,
        CorruptImage.self,
        Delay.self,
        DescriptorMagic.self,
        EfuseBlockRevision.self,
        EntryAddress.self,
        Expired.self,
        FirstBoot.self,
        FirstSegment.self,
        Flip.self,
        LoadAddress.self,
        MMUPageSize.self,
        OtherFlashSettings.self,
        OtherProject.self,
        SecureVersion.self,
        SegmentCount.self,
        SegmentLength.self,
        Slice.self,
        SPIFlashMode.self,
        Stall.self,
        Status.self,
        Throttle.self,
        Truncate.self,
        WrongChip.self,
        WrongLength.self,
        WrongMagic.self,
        WrongName.self,
    ]
}
