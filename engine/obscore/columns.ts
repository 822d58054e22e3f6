import type { Column, Datatype } from '../catalog/column.ts';
import { ACCESS_REFERENCE_UTYPE, DEC_UTYPE, PUBLISHER_DID_UTYPE, RA_UTYPE, REGION_UTYPE } from './utypes.ts';

/** What is said of a column of ObsCore. */
interface Described {
  readonly unit?: string;
  readonly ucd: string;
  readonly utype?: string;
  readonly arraysize?: string;
  readonly xtype?: string;
  /** Shown by default: unless said otherwise all that ObsCore asks for are. */
  readonly principal?: boolean;
  readonly indexed?: true;
}

function column(name: string, datatype: Datatype, description: string, described: Described): Column {
  const {
    unit = null,
    ucd,
    utype = null,
    arraysize,
    xtype = null,
    principal = true,
    indexed = false,
  } = described;
  const isText = datatype === 'char' || datatype === 'unicodeChar';
  return {
    name,
    datatype,
    arraysize: arraysize ?? (isText ? '*' : null),
    xtype,
    unit,
    ucd,
    utype,
    description,
    principal,
    indexed,
    std: utype !== null,
  };
}

/** The columns that ObsCore 1.1 asks for (§4), as its errata correct them. */
export const MANDATORY_COLUMNS: readonly Column[] = [
  column('dataproduct_type', 'char', 'Type of the data product: image, cube, spectrum …', {
    ucd: 'meta.code.class',
    utype: 'obscore:ObsDataset.dataProductType',
  }),
  column('calib_level', 'int', 'Calibration: 0 raw, 1 instrumental, 2 calibrated, 3 enhanced, 4 analysed', {
    ucd: 'meta.code;obs.calib',
    utype: 'obscore:ObsDataset.calibLevel',
  }),
  column('obs_collection', 'unicodeChar', 'Collection that the observation belongs to', {
    ucd: 'meta.id',
    utype: 'obscore:DataID.Collection',
  }),
  column('obs_id', 'unicodeChar', 'Identifier of the observation within its collection', {
    ucd: 'meta.id',
    utype: 'obscore:DataID.observationID',
  }),
  column('obs_publisher_did', 'char', "The publisher's identifier of the dataset", {
    ucd: 'meta.ref.ivoid',
    utype: PUBLISHER_DID_UTYPE,
    indexed: true,
  }),
  column('access_url', 'char', 'Where the dataset, or what leads to it, can be had', {
    ucd: 'meta.ref.url',
    utype: ACCESS_REFERENCE_UTYPE,
  }),
  column('access_format', 'char', 'Media type of what access_url gives', {
    ucd: 'meta.code.mime',
    utype: 'obscore:Access.Format',
  }),
  column('access_estsize', 'long', 'Size of the dataset, about', {
    unit: 'kbyte',
    ucd: 'phys.size;meta.file',
    utype: 'obscore:Access.Size',
  }),
  column('target_name', 'unicodeChar', 'Object or field that was observed', {
    ucd: 'meta.id;src',
    utype: 'obscore:Target.Name',
  }),
  column('s_ra', 'double', 'Right ascension of the centre, ICRS', {
    unit: 'deg',
    ucd: 'pos.eq.ra',
    utype: RA_UTYPE,
    indexed: true,
  }),
  column('s_dec', 'double', 'Declination of the centre, ICRS', {
    unit: 'deg',
    ucd: 'pos.eq.dec',
    utype: DEC_UTYPE,
    indexed: true,
  }),
  column('s_fov', 'double', 'Diameter of the region that is covered', {
    unit: 'deg',
    ucd: 'phys.angSize;instr.fov',
    utype: 'obscore:Char.SpatialAxis.Coverage.Bounds.Extent.diameter',
  }),
  column('s_region', 'double', 'Region that is covered, ICRS', {
    arraysize: '*',
    xtype: 'polygon',
    ucd: 'pos.outline;obs.field',
    utype: REGION_UTYPE,
  }),
  column('s_xel1', 'long', 'Pixels along the first spatial axis', {
    ucd: 'meta.number',
    utype: 'obscore:Char.SpatialAxis.numBins1',
  }),
  column('s_xel2', 'long', 'Pixels along the second spatial axis', {
    ucd: 'meta.number',
    utype: 'obscore:Char.SpatialAxis.numBins2',
  }),
  column('s_resolution', 'double', 'Spatial resolution: FWHM of the point spread function', {
    unit: 'arcsec',
    ucd: 'pos.angResolution',
    utype: 'obscore:Char.SpatialAxis.Resolution.Refval.value',
  }),
  column('t_min', 'double', 'Start of the observation, MJD', {
    unit: 'd',
    ucd: 'time.start;obs.exposure',
    utype: 'obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime',
    indexed: true,
  }),
  column('t_max', 'double', 'End of the observation, MJD', {
    unit: 'd',
    ucd: 'time.end;obs.exposure',
    utype: 'obscore:Char.TimeAxis.Coverage.Bounds.Limits.StopTime',
    indexed: true,
  }),
  column('t_exptime', 'double', 'Exposure time, all together', {
    unit: 's',
    ucd: 'time.duration;obs.exposure',
    utype: 'obscore:Char.TimeAxis.Coverage.Support.Extent',
  }),
  column('t_resolution', 'double', 'Resolution in time', {
    unit: 's',
    ucd: 'time.resolution',
    utype: 'obscore:Char.TimeAxis.Resolution.Refval.value',
  }),
  column('t_xel', 'long', 'Elements along the time axis', {
    ucd: 'meta.number',
    utype: 'obscore:Char.TimeAxis.numBins',
  }),
  column('em_min', 'double', 'Shortest wavelength, in vacuum', {
    unit: 'm',
    ucd: 'em.wl;stat.min',
    utype: 'obscore:Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit',
    indexed: true,
  }),
  column('em_max', 'double', 'Longest wavelength, in vacuum', {
    unit: 'm',
    ucd: 'em.wl;stat.max',
    utype: 'obscore:Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit',
    indexed: true,
  }),
  column('em_res_power', 'double', 'Spectral resolving power λ/Δλ', {
    ucd: 'spect.resolution',
    utype: 'obscore:Char.SpectralAxis.Resolution.ResolPower.refVal',
  }),
  column('em_xel', 'long', 'Elements along the spectral axis', {
    ucd: 'meta.number',
    utype: 'obscore:Char.SpectralAxis.numBins',
  }),
  column('o_ucd', 'char', 'UCD of what was observed, such as phot.flux', {
    ucd: 'meta.ucd',
    utype: 'obscore:Char.ObservableAxis.ucd',
  }),
  column('pol_states', 'char', 'Polarisation states between slashes, as /I/Q/U/', {
    ucd: 'meta.code;phys.polarization',
    utype: 'obscore:Char.PolarizationAxis.stateList',
  }),
  column('pol_xel', 'long', 'Polarisation states, their number', {
    ucd: 'meta.number',
    utype: 'obscore:Char.PolarizationAxis.numBins',
  }),
  column('facility_name', 'unicodeChar', 'Telescope or observatory', {
    ucd: 'meta.id;instr.tel',
    utype: 'obscore:Provenance.ObsConfig.facility.name',
  }),
  column('instrument_name', 'unicodeChar', 'Instrument', {
    ucd: 'meta.id;instr',
    utype: 'obscore:Provenance.ObsConfig.instrument.name',
  }),
];

/** Those of ObsCore's optional columns that Almagest fills, and the band's name, for which ObsCore has none. */
export const OPTIONAL_COLUMNS: readonly Column[] = [
  column('obs_title', 'unicodeChar', 'Title of the dataset', {
    ucd: 'meta.title;obs',
    utype: 'obscore:DataID.Title',
  }),
  column('dataproduct_subtype', 'unicodeChar', 'Type of the data product, as its collection names it', {
    ucd: 'meta.code.class',
    utype: 'obscore:ObsDataset.dataProductSubtype',
    principal: false,
  }),
  column('target_class', 'unicodeChar', 'Class of the object that was observed', {
    ucd: 'src.class',
    utype: 'obscore:Target.Class',
    principal: false,
  }),
  column('obs_creator_did', 'char', "The creator's identifier of the dataset", {
    ucd: 'meta.id',
    utype: 'obscore:DataID.CreatorDID',
    principal: false,
  }),
  column('obs_release_date', 'char', 'When the dataset becomes public', {
    xtype: 'timestamp',
    ucd: 'time.release',
    utype: 'obscore:Curation.releaseDate',
    principal: false,
  }),
  column('s_pixel_scale', 'double', 'Size of a pixel on the sky', {
    unit: 'arcsec',
    ucd: 'phys.angSize;instr.pixel',
    utype: 'obscore:Char.SpatialAxis.Sampling.RefVal.SamplingPeriod',
  }),
  column('o_unit', 'char', 'Unit of the pixels', {
    ucd: 'meta.unit',
    utype: 'obscore:Char.ObservableAxis.unit',
    principal: false,
  }),
  column('em_filter_name', 'unicodeChar', 'Name of the band', { ucd: 'meta.id;instr.filter' }),
];
