import type { TemplateModel } from '../../template/model.ts';
import { matchesPattern } from '../patterns.ts';

interface Permission {
  readonly functionArn: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** Which services may call which function, from the template's `AWS::Lambda::Permission` resources. */
export class ResourcePolicies {
  readonly #permissions: readonly Permission[];

  constructor(model: TemplateModel, functionArn: (nameOrArn: string) => string) {
    this.#permissions = model
      .of('AWS::Lambda::Permission')
      .filter(({ properties }) => ['lambda:InvokeFunction', 'lambda:*'].includes(properties.Action))
      .map(({ properties }) => ({
        functionArn: functionArn(properties.FunctionName),
        principal: properties.Principal,
        ...(properties.SourceArn === undefined ? {} : { sourceArn: properties.SourceArn }),
      }));
  }

  allow(functionArn: string, servicePrincipal: string, sourceArn?: string): boolean {
    return this.#permissions.some(
      (permission) =>
        permission.functionArn === functionArn &&
        permission.principal === servicePrincipal &&
        (permission.sourceArn === undefined ||
          (sourceArn !== undefined && matchesPattern(permission.sourceArn, sourceArn))),
    );
  }
}
